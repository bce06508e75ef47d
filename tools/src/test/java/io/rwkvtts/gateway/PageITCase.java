package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rwkvtts.schema.TextEvent;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a real browser, before the whole job with the demo voice. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class PageITCase {

    private static final String SEED = "7";

    /** Quiet, but no noise of rounding. */
    private static final double AUDIBLE = 0.01;

    @TempDir private static Path directory;
    private static GatewayFixture fixture;
    private static Gateway gateway;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> chromium = onPath("chromium", "google-chrome", "chrome");
        Optional<Path> driver = onPath("chromedriver");
        assumeTrue(
                chromium.isPresent() && driver.isPresent(),
                "no Chromium with its chromedriver on the PATH: the page is not tested");
        fixture = GatewayFixture.start(directory);
        gateway = fixture.gateway();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get().toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=900,900",
                "--user-data-dir=" + directory.resolve("profile"));
        browser =
                new ChromeDriver(
                        new ChromeDriverService.Builder()
                                .usingDriverExecutable(driver.get().toFile())
                                .build(),
                        options);
    }

    private static Optional<Path> onPath(String... names) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Arrays.stream(names).map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.quit();
        }
        if (fixture != null) {
            fixture.close();
        }
    }

    @BeforeEach
    void openPage() {
        browser.get(gateway.address() + "/");
        waitFor("!document.getElementById('speak').disabled");
    }

    private static String undisturbed(String text) throws Exception {
        byte[] pcm =
                fixture.undisturbed(
                        TextEvent.newBuilder().setRequestId("").setText(text).setSeed(7L));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pcm));
    }

    private static WebElement at(String id) {
        return browser.findElement(By.id(id));
    }

    private static void write(String text) {
        at("text").clear();
        at("text").sendKeys(text);
        at("seed").clear();
        at("seed").sendKeys(SEED);
    }

    private static Object ask(String expression) {
        return browser.executeScript("return " + expression);
    }

    private static void waitFor(String condition) {
        new WebDriverWait(browser, Duration.ofSeconds(60), Duration.ofMillis(20))
                .withMessage(() -> condition + ", status: " + at("status").getText())
                .until(page -> Boolean.TRUE.equals(ask(condition)));
    }

    private static void waitForEnd() {
        waitFor("document.body.dataset.sha256 !== undefined");
    }

    @Test
    void testSoundsWhileItIsGenerated() throws Exception {
        write(GatewayFixture.LONG_TEXT);
        at("speak").click();
        waitFor("Number(document.body.dataset.peak) > " + AUDIBLE);
        waitForEnd();
        assertThat(ask("document.body.dataset.sha256"))
                .isEqualTo(undisturbed(GatewayFixture.LONG_TEXT));
        assertThat(at("first").getText()).matches("\\d+ ms");
        assertThat(at("rtf").getText()).matches("\\d\\.\\d+");
        assertThat(at("underruns").getText()).isEqualTo("0");
        assertThat(Integer.parseInt(at("tokens").getText())).isGreaterThan(300);
        assertThat(at("download").isEnabled()).isTrue();
        assertThat(browser.manage().logs().get("browser").getAll())
                .filteredOn(entry -> !entry.getMessage().contains("/demo"))
                .isEmpty();
    }

    @Test
    void testStopStops() {
        write(GatewayFixture.LONG_TEXT.repeat(10));
        at("text").sendKeys(Keys.chord(Keys.CONTROL, Keys.ENTER));
        waitFor("document.body.dataset.sounding === 'true'");
        at("stop").click();
        waitFor("document.body.dataset.sounding === 'false'");
        assertThat(ask("document.body.dataset.state")).isEqualTo("idle");
        new WebDriverWait(browser, Duration.ofSeconds(10))
                .until(page -> gateway.openUtterances() == 0);
        at("replay").click();
        waitFor("document.body.dataset.sounding === 'true'");
        at("stop").click();
    }

    @Test
    void testKilledWorkerIsNotHeard() throws Exception {
        String text = GatewayFixture.LONG_TEXT.repeat(4);
        write(text);
        at("speak").click();
        waitFor("document.getElementById('first').textContent.endsWith(' ms')");
        at("kill").click();
        waitForEnd();
        assertThat(ask("document.body.dataset.sha256")).isEqualTo(undisturbed(text));
        waitFor("document.body.dataset.killed === 'true'");
        assertThat(at("recovery").getText()).matches("\\d+ ms, gap \\d+ ms");
        if (Boolean.getBoolean("tts.docs.write")) {
            Files.write(Path.of("../docs/page.png"), browser.getScreenshotAs(OutputType.BYTES));
        }
    }

    @Test
    void testTextIsSpokenAsItIsTyped() throws Exception {
        String text = "Words come one by one. They are spoken at once. Nobody has to wait.";
        write("");
        at("typing").click();
        at("text").sendKeys("Words come one by one. They are ");
        waitFor("document.getElementById('first').textContent.endsWith(' ms')");
        at("text").sendKeys("spoken at once. Nobody has to wait.");
        at("text").sendKeys(Keys.chord(Keys.CONTROL, Keys.ENTER));
        waitForEnd();
        assertThat(ask("document.body.dataset.sha256")).isEqualTo(undisturbed(text));
    }

    @Test
    void testTextThatIsBlankIsSaid() {
        write("   ");
        at("speak").click();
        waitFor("document.getElementById('status').textContent === 'There is no text.'");
    }
}
