package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.Linker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What build systems read in {@code -v}, {@code --version} and {@code --help}, by their own
 * patterns.
 */
class VersionTest {
  private static List<String> lines(String... args) {
    Capture c = Capture.run(args);
    assertEquals(0, c.status);
    return c.out().lines().toList();
  }

  /** Each place that names the version of jld: poms, what users are told to write, examples. */
  @Test
  void isTheProjectsVersion() throws IOException {
    Path root = Path.of("..");
    Map<Path, String> versions = new TreeMap<>();
    versions.put(root.resolve("pom.xml"), "<artifactId>jld-parent</artifactId>");
    versions.put(root.resolve("linker-core/bom/pom.xml"), "<artifactId>jld-bom</artifactId>");
    for (String page : List.of("docs/embedding.md", "docs/adding-an-architecture.md")) {
      versions.put(root.resolve(page), "<artifactId>linker-[a-z0-9]+</artifactId>");
    }
    versions.put(root.resolve("CHANGELOG.md"), "\\A(?s:.*?)\n## \\[");
    for (String module : List.of("linker-core", "linker-amd64", "linker-x86", "linker-cli")) {
      versions.put(root.resolve(module + "/pom.xml"), "<artifactId>jld-parent</artifactId>");
    }
    try (Stream<Path> examples = Files.list(root.resolve("docs/examples"))) {
      examples
          .filter(Files::isDirectory)
          .forEach(e -> versions.put(e.resolve("pom.xml"), "<jld.version>"));
    }
    assertTrue(versions.size() > 9, versions::toString);
    for (Map.Entry<Path, String> place : versions.entrySet()) {
      Matcher m =
          Pattern.compile(place.getValue() + "\\s*(<version>)?([\\w.-]+)")
              .matcher(Files.readString(place.getKey()));
      assertTrue(m.find(), place::toString);
      do {
        assertEquals(Linker.VERSION, m.group(2), place::toString);
      } while (m.find());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-v", "-V", "--version", "--verbose"})
  void theFirstLineIsTheSame(String option) {
    assertEquals(Version.line(), lines(option).getFirst());
  }

  @Test
  void kernelLdVersionSh() {
    // set -- $("$@" --version); [ "$1" = GNU -a "$2" = ld ]; the last word is the version, less a
    // suffix behind "-"
    String[] words = lines("--version").getFirst().split(" ");
    assertEquals("GNU", words[0]);
    assertEquals("ld", words[1]);
    assertEquals("2.40", words[words.length - 1].replaceFirst("-.*", ""));
  }

  @Test
  void libtoolTakesItForAGnuLdWithAnonymousVersionScripts() {
    // case `$LD -v 2>&1` in *GNU* | *'with BFD'*) ...
    String v = String.join("\n", lines("-v"));
    assertTrue(v.contains("GNU"));
    // *\ [01].* | *\ 2.[0-9].* | *\ 2.10.*) too old ... *\ 2.11.*) maybe
    assertFalse(
        Pattern.compile(" [01]\\.| 2\\.[0-9]\\.| 2\\.10\\.| 2\\.11\\.").matcher(v).find(), v);
    // $LD --help 2>&1 | $EGREP ': supported targets:.* elf'
    List<String> help = lines("--help");
    assertTrue(
        help.stream()
            .anyMatch(l -> Pattern.compile(": supported targets:.* elf").matcher(l).find()));
    assertTrue(
        help.stream()
            .anyMatch(l -> Pattern.compile(": supported emulations:.* elf_").matcher(l).find()));
  }

  @Test
  void meson() {
    // "GNU" in the output makes it ld.bfd; the version is the first thing that looks like one
    Matcher m =
        Pattern.compile("(?<!(\\d|\\.))(\\d{1,2}(\\.\\d+)+(-[a-zA-Z0-9]+)?)")
            .matcher(String.join("\n", lines("--version")));
    assertTrue(m.find());
    assertEquals("2.40", m.group());
  }

  @Test
  void gccAndGlibcConfigure() {
    // gcc: sed -n 's,^.*[ \t]\([0-9][0-9]*\.[0-9][0-9]*.*\)$,\1,p'
    Matcher gcc =
        Pattern.compile("^.*[ \t]([0-9]+\\.[0-9]+.*)$").matcher(lines("--version").getFirst());
    assertTrue(gcc.find());
    assertEquals("2.40", gcc.group(1));
    // glibc: AC_CHECK_PROG_VER(LD, ..., [GNU ld.* \([0-9][0-9]*\.[0-9.]*\)])
    Matcher glibc =
        Pattern.compile("GNU ld.* ([0-9]+\\.[0-9.]*)").matcher(lines("--version").getFirst());
    assertTrue(glibc.find());
    assertEquals("2.40", glibc.group(1));
  }

  @Test
  void cmake() {
    // CMakeDetermineLinkerId: "GNU ld [^\n]*" names it GNU, the version is behind the last blank
    Matcher m =
        Pattern.compile("^GNU ld [^\r\n]* ([0-9]+\\.[0-9]+)")
            .matcher(lines("--version").getFirst());
    assertTrue(m.find());
    assertEquals("2.40", m.group(1));
  }

  /**
   * The kernel's {@code ld-option} and others: an option is there if {@code ld OPTION -v} says so.
   */
  @ParameterizedTest
  @CsvSource({
    "0, --as-needed",
    "0, -z noexecstack",
    "0, -z not-a-keyword",
    "0, --build-id=sha1",
    "0, -m elf_i386",
    "0, --no-warn-rwx-segments",
    "1, --not-an-option",
    "1, -m elf_none",
    "1, --arch none",
    "1, --hash-style=none",
    "1, --orphan-handling=none",
  })
  void optionsAreTriedWithV(int status, String options) {
    Capture c = Capture.run((options + " -v").split(" "));
    assertEquals(status, c.status, () -> c.out() + c.err());
    assertEquals(status == 0, !c.err().contains("error"), c::err);
  }

  @Test
  void emulationsAreListed() {
    List<String> v = lines("-V");
    assertTrue(v.contains("  Supported emulations:"));
    assertTrue(v.contains("   elf_x86_64"));
    assertTrue(v.contains("   elf_i386"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--as-needed",
        "-z relro",
        "-z now",
        "--hash-style",
        "--build-id",
        "-Bsymbolic-functions",
        "--version-script",
        "--eh-frame-hdr",
        "--push-state",
        "--no-dynamic-linker",
        "-z noexecstack",
        "--compress-debug-sections",
        "-z separate-code",
        "-z pack-relative-relocs",
        "--no-undefined"
      })
  void configureScriptsFindOptionsInTheHelp(String option) {
    String help = String.join("\n", lines("--help"));
    assertTrue(help.contains(option), option);
  }
}
