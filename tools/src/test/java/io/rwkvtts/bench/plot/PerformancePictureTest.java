package io.rwkvtts.bench.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.bench.engine.EngineReport;
import io.rwkvtts.bench.engine.Machine;
import io.rwkvtts.bench.engine.StepResult;
import io.rwkvtts.bench.load.JobReport;
import io.rwkvtts.bench.load.OpenLoopResult;
import io.rwkvtts.bench.load.Percentiles;
import io.rwkvtts.bench.load.SaturatedResult;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** {@link PerformancePicture}. */
class PerformancePictureTest {

    private static final Surroundings HERE =
            new Surroundings("2026-01-02T03:04:05Z", "P <fast> & small", 2, "Linux 6", "17");

    @Test
    void testEveryResultIsAPointWithItsValue() throws Exception {
        Document picture = parse(PerformancePicture.svg(engine(1, 8, 32), job(1, 8, 32)));

        assertThat(texts(picture, "title"))
                .contains(
                        "engine random:0.4b int8: 70",
                        "engine random:0.4b int8: 2240",
                        "job random:0.4b int8: 504",
                        "short, p50: 208",
                        "short, p95: 408")
                .hasSize(3 + 3 + 3 + 3);
        assertThat(picture.getElementsByTagName("polyline").getLength()).isEqualTo(4);
        assertThat(texts(picture, "text"))
                .contains("Engine: " + HERE, "Job: " + HERE, "tokens/s", "streams", "32");
    }

    @Test
    void testHigherValuesLieHigherAndMoreStreamsFurtherRight() throws Exception {
        Document picture = parse(PerformancePicture.svg(engine(1, 8, 32), job(1, 8, 32)));

        String[] points =
                ((Element) picture.getElementsByTagName("polyline").item(0))
                        .getAttribute("points")
                        .split(" ");
        assertThat(points).hasSize(3);
        for (int i = 1; i < points.length; i++) {
            assertThat(x(points[i])).isGreaterThan(x(points[i - 1]));
            assertThat(y(points[i])).isLessThan(y(points[i - 1]));
        }
    }

    @Test
    void testOneResultIsEnough() throws Exception {
        Document picture = parse(PerformancePicture.svg(engine(8), job(8)));

        assertThat(picture.getElementsByTagName("circle").getLength()).isEqualTo(4);
        assertThat(((Element) picture.getElementsByTagName("circle").item(0)).getAttribute("cx"))
                .isNotEqualTo("NaN");
    }

    @Test
    void testAPercentileThatIsNotKnownIsNotDrawn() throws Exception {
        Document picture = parse(PerformancePicture.svg(engine(1, 8), job(null, 1, 8)));

        assertThat(texts(picture, "title"))
                .contains("short, p50: 208")
                .noneMatch(title -> title.contains("p95"));
    }

    @Test
    void testNothingToDrawIsRefused() {
        assertThatThrownBy(() -> PerformancePicture.svg(engine(), job(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing to draw");
    }

    private static double x(String point) {
        return Double.parseDouble(point.split(",")[0]);
    }

    private static double y(String point) {
        return Double.parseDouble(point.split(",")[1]);
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> texts(Document picture, String tag) {
        NodeList elements = picture.getElementsByTagName(tag);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < elements.getLength(); i++) {
            texts.add(elements.item(i).getTextContent());
        }
        return texts;
    }

    private static EngineReport engine(int... batches) {
        List<StepResult> results = new ArrayList<>();
        for (int batch : batches) {
            results.add(
                    new StepResult(
                            "random:0.4b",
                            "int8",
                            batch,
                            70 * batch,
                            1,
                            1,
                            1,
                            Map.of(),
                            9,
                            1,
                            1,
                            1,
                            1,
                            1,
                            1,
                            0,
                            true));
        }
        return new EngineReport(
                HERE, new Machine(2, 50, List.of(), 800, 300, 200, 60, 350), results, List.of());
    }

    private static JobReport job(int... streams) {
        return job(400.0, streams);
    }

    private static JobReport job(Double p95, int... streams) {
        List<SaturatedResult> busy = new ArrayList<>();
        List<OpenLoopResult> arrivals = new ArrayList<>();
        Percentiles any = new Percentiles(1.0, 1.0, 1.0);
        for (int each : streams) {
            busy.add(new SaturatedResult(each, 63 * each, 70 * each, 0.9, 2, 64));
            arrivals.add(
                    new OpenLoopResult(
                            "short",
                            each,
                            1,
                            0.7,
                            20,
                            0,
                            40,
                            new Percentiles(200.0 + each, p95 == null ? null : p95 + each, null),
                            null,
                            any,
                            any,
                            any,
                            1,
                            1,
                            64));
        }
        return new JobReport(HERE, "random:0.4b", "int8", 5000, 0.7, busy, arrivals, 1 << 30);
    }
}
