package io.rwkvtts.bench.plot;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Curves over two axes, as part of an SVG picture. The horizontal axis has equal factors at equal
 * distances, the vertical one begins with 0.
 *
 * @param title above
 * @param xName below
 * @param yName at the upper end of the vertical axis
 * @param curves at least one, with at least one point each
 */
record Chart(String title, String xName, String yName, List<Curve> curves) {

    static final int WIDTH = 540;
    static final int HEIGHT = 340;

    private static final int LEFT = 60;
    private static final int RIGHT = 370;
    private static final int TOP = 60;
    private static final int BOTTOM = 280;

    /** Least distance between the names of two curves. */
    private static final int LINE = 14;

    /** Told apart also by those who see red and green alike. */
    private static final String[] COLOURS = {
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#999999"
    };

    /** The chart with its upper left corner at a place of the picture. */
    String svg(int atX, int atY) {
        Scale x = Scale.ofFactors(points().map(Curve.Point::x).toList());
        Scale y = Scale.fromZero(points().mapToDouble(Curve.Point::y).max().orElseThrow());
        StringBuilder svg = new StringBuilder();
        svg.append("<g transform=\"translate(%d,%d)\">\n".formatted(atX, atY));
        text(svg, LEFT, 24, "start", "title", title);
        text(svg, LEFT, TOP - 14, "start", "axis", yName);
        text(svg, (LEFT + RIGHT) / 2.0, BOTTOM + 38, "middle", "axis", xName);
        for (double mark : y.marks()) {
            double at = placeY(y, mark);
            line(svg, LEFT, at, RIGHT, at, "grid");
            text(svg, LEFT - 8, at + 4, "end", "axis", label(mark));
        }
        for (double mark : x.marks()) {
            text(svg, placeX(x, mark), BOTTOM + 18, "middle", "axis", label(mark));
        }
        double nameAt = TOP - LINE;
        List<Curve> fromTop =
                curves.stream().sorted((a, b) -> Double.compare(last(b).y(), last(a).y())).toList();
        for (Curve curve : fromTop) {
            nameAt = Math.max(nameAt + LINE, placeY(y, last(curve).y()) + 4);
            curve(svg, curve, x, y, nameAt);
        }
        return svg.append("</g>\n").toString();
    }

    private Stream<Curve.Point> points() {
        return curves.stream().flatMap(curve -> curve.points().stream());
    }

    private static Curve.Point last(Curve curve) {
        return curve.points().get(curve.points().size() - 1);
    }

    private void curve(StringBuilder svg, Curve curve, Scale x, Scale y, double nameAt) {
        String colour = COLOURS[curves.indexOf(curve) % COLOURS.length];
        StringBuilder path = new StringBuilder();
        for (Curve.Point point : curve.points()) {
            path.append(format("%.1f,%.1f ", placeX(x, point.x()), placeY(y, point.y())));
        }
        svg.append(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n"
                        .formatted(path.toString().strip(), colour));
        for (Curve.Point point : curve.points()) {
            svg.append(
                    format(
                            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s: %s</title></circle>\n",
                            placeX(x, point.x()),
                            placeY(y, point.y()),
                            colour,
                            escape(curve.name()),
                            label(point.y())));
        }
        svg.append(
                format(
                        "<text x=\"%d\" y=\"%.1f\" class=\"axis\" fill=\"%s\">%s</text>\n",
                        RIGHT + 10, nameAt, colour, escape(curve.name())));
    }

    private static double placeX(Scale x, double value) {
        return LEFT + 12 + x.place().applyAsDouble(value) * (RIGHT - LEFT - 24);
    }

    private static double placeY(Scale y, double value) {
        return BOTTOM - y.place().applyAsDouble(value) * (BOTTOM - TOP);
    }

    private static void line(
            StringBuilder svg, double x1, double y1, double x2, double y2, String kind) {
        svg.append(
                format(
                        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n",
                        x1, y1, x2, y2, kind));
    }

    private static void text(
            StringBuilder svg, double x, double y, String anchor, String kind, String text) {
        svg.append(
                format(
                        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>\n",
                        x, y, anchor, kind, escape(text)));
    }

    private static String label(double value) {
        return value >= 10 || value == Math.rint(value)
                ? format("%.0f", value)
                : format("%.1f", value);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
