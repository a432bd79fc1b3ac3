package io.jld.cli.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Linked;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The page of {@code --size-report} in a browser: what people see, and what keys do. */
class SizeReportTest {
  private static final String MAIN =
      """
      namespace shop {
      int table[%s] = {1};
      %s
      int order(int x) { return x + table[x]; }
      }
      int dead[500];
      extern "C" int part();
      int main(int argc, char **) { return shop::order(argc) + part(); }
      """;

  private static final String PART =
      """
      static int twice(int x) { return 2 * x; }
      int parts[1500] = {1};
      int part(void) { return twice(parts[0]); }
      """;

  private static final Logger LOG = Logger.getLogger("org.openqa.selenium");

  @TempDir static Path dir;
  private static ChromeDriver browser;
  private static Path page;
  private static Path compared;

  @BeforeAll
  static void open() {
    Tools.needCxx(Target.AMD64);
    Tools.need("chromium", "chromedriver");
    LOG.setLevel(Level.SEVERE); // that it does not know this browser's version matters to nobody
    link();
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.addArguments(
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run");
    options.addArguments(
        "--disable-background-networking", "--disable-component-update", "--disable-sync");
    options.addArguments("--user-data-dir=" + dir.resolve("profile"), "--window-size=1280,800");
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
            .build();
    browser = new ChromeDriver(service, options);
    browser.manage().timeouts().implicitlyWait(Duration.ofSeconds(20));
  }

  /** A link, and a later one in another directory: a table has grown, a function has gone. */
  private static void link() {
    page = dir.resolve("page.html");
    compared = dir.resolve("compared.html");
    Path map = dir.resolve("map.json");
    link("old", MAIN.formatted("3000", "int gone(int x) { return x * x; }"), page, map);
    // The map of this link takes the place of the one that it is compared with.
    link("new", MAIN.formatted("5000", ""), compared, map, "--size-report-base=" + map);
  }

  private static void link(String where, String main, Path report, Path map, String... more) {
    try {
      Workbench w = new Workbench(Files.createDirectory(dir.resolve(where)), Target.AMD64);
      Path library = w.archive("libpart.a", w.c("part", PART));
      List<String> line = w.commandLine("g++", w.cxx("main", main), library);
      Linked linked =
          w.jldTo(dir.resolve("shop"), line, more, "--map-json=" + map, "--size-report=" + report);
      assertEquals(0, linked.status(), linked::toString);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.quit();
    }
  }

  private static void show(Path file, String hash) {
    browser.get("about:blank");
    browser.get("file://" + file + hash);
    text("#path button");
  }

  private static String text(String css) {
    return browser.findElement(By.cssSelector(css)).getText();
  }

  private static List<String> texts(String css) {
    return browser.findElements(By.cssSelector(css)).stream().map(WebElement::getText).toList();
  }

  private static WebElement cell(String label) {
    return browser.findElement(By.cssSelector(".cell[aria-label*='" + label + "']"));
  }

  private static String focused() {
    return browser.switchTo().activeElement().getDomAttribute("aria-label");
  }

  private static void press(CharSequence... keys) {
    browser.switchTo().activeElement().sendKeys(keys);
  }

  @Test
  void aTreemapThatAddsUpToTheFile() throws Exception {
    show(page, "");
    assertEquals("shop", text("h1"));
    List<String> libraries = texts("#rows tr td:first-child button");
    assertTrue(libraries.containsAll(List.of("(object files)", "libpart.a")), libraries::toString);
    long sum =
        browser.findElements(By.cssSelector("#rows tr td:nth-child(2)")).stream()
            .mapToLong(e -> Long.parseLong(e.getDomAttribute("title").replaceAll("\\D", "")))
            .sum();
    assertEquals(size(page), sum);
    assertTrue(cell("libpart.a").getSize().getWidth() > 5);
  }

  /** The size that the report's data has for the output. */
  private static long size(Path report) throws IOException {
    String html = Files.readString(report);
    String of = "\"architecture\":\"amd64\",\"size\":";
    int at = html.indexOf(of) + of.length();
    return Long.parseLong(html.substring(at, html.indexOf('}', at)));
  }

  @Test
  void keysGoThroughTheTree() {
    show(page, "#group=library&bytes=memory");
    cell("symbol, shop::table").click(); // the smallest area that is there
    assertTrue(focused().startsWith("symbol, shop::table"), focused());
    assertEquals("shop › (object files) › main.o › .data", path());
    press(Keys.ESCAPE);
    assertEquals("shop › (object files) › main.o", path());
    show(page, "#bytes=memory");
    browser.executeScript("document.querySelector('.cell').focus()");
    String first = focused();
    press(Keys.ARROW_RIGHT);
    String second = focused();
    assertNotEquals(first, second);
    press(Keys.ARROW_LEFT);
    assertEquals(first, focused());
    press(Keys.ARROW_DOWN);
    assertNotEquals(first, focused());
    press(Keys.ARROW_UP);
    assertEquals(first, focused());
    press(Keys.ENTER);
    assertNotEquals("shop", path());
    String inside = path();
    press(Keys.ESCAPE);
    assertEquals("shop", path());
    assertEquals(first, focused());
    browser.navigate().back();
    assertEquals(inside, path());
    press("/");
    assertEquals("search", browser.switchTo().activeElement().getDomAttribute("id"));
  }

  private static String path() {
    return String.join(" › ", texts("#path button"));
  }

  @Test
  void aSearchFindsDemangledNames() {
    show(page, "");
    browser.findElement(By.id("search")).sendKeys("shop::ta");
    text("#map.searching");
    assertEquals(List.of("shop::table"), texts("#rows tr button"));
    assertEquals("(object files) › main.o › .data", text("#rows small"));
    assertTrue(text("#said").startsWith("1 found for “shop::ta”, 11.7 KiB"), text("#said"));
    assertEquals(1, browser.findElements(By.cssSelector(".cell.hit")).size());
    browser.findElement(By.cssSelector("#rows tr button")).click();
    assertEquals("shop › (object files) › main.o › .data", path());
    assertTrue(focused().startsWith("symbol, shop::table, 11.7 KiB"), focused());
  }

  /** What takes no room in the file does so in memory; debug information the other way round. */
  @Test
  void zeroedDataIsInMemoryOnly() {
    show(page, "#search=dead");
    assertTrue(text("#said").startsWith("0 found"), text("#said"));
    show(page, "#search=dead&bytes=memory&group=section");
    assertEquals(List.of("dead"), texts("#rows tr button"));
    assertTrue(text("#rows small").startsWith(".bss › "), text("#rows small"));
  }

  @Test
  void whatHasChanged() {
    show(compared, "");
    assertTrue(text("#summary").contains(" since map.json"), text("#summary"));
    tab("Grown");
    assertEquals("shop::table", text("#rows tr:first-child button"));
    assertEquals("+7.81 KiB", text("#rows tr:first-child td:nth-child(3)"));
    tab("Shrunk");
    assertTrue(
        texts("#rows tr button").contains("shop::gone(int)"), texts("#rows tr button")::toString);
    // The directories differ; the inputs are the same.
    show(compared, "#search=part.o");
    assertEquals(List.of(""), texts("#rows tr td:nth-child(3)"));
  }

  private static void tab(String name) {
    browser.findElements(By.cssSelector("#tabs button")).stream()
        .filter(b -> b.getText().equals(name))
        .findFirst()
        .orElseThrow()
        .click();
  }

  @Test
  void lightAndDark() {
    show(page, "");
    String light = background();
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    String dark = background();
    assertNotEquals(light, dark);
    browser.findElement(By.id("theme")).click();
    assertEquals("Theme: light", text("#theme"));
    assertEquals(light, background());
    browser.findElement(By.id("theme")).click();
    assertEquals(dark, background());
    browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    assertEquals(dark, background());
  }

  private static String background() {
    return browser.findElement(By.tagName("body")).getCssValue("background-color");
  }

  @Test
  void theFileIsAllThereIs() throws Exception {
    String html = Files.readString(page);
    for (String request : List.of("http:", "https:", "src=", "<link", "@import", "url(")) {
      assertFalse(html.contains(request), request);
    }
    show(page, "");
    assertEquals(
        0L, browser.executeScript("return performance.getEntriesByType('resource').length"));
    assertEquals(
        List.of(),
        browser.manage().logs().get("browser").getAll().stream()
            .filter(e -> e.getLevel().intValue() >= Level.WARNING.intValue())
            .toList());
  }
}
