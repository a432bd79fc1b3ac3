package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.e2e.Proc;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The man page and the completions, which the distribution has in {@code share/}. */
class GeneratedFilesTest {
  private static final Path SHARE = Path.of("src/main/distribution/share").toAbsolutePath();
  private static final Path BASH = SHARE.resolve("bash-completion/completions/jld");

  @TempDir Path dir;

  static Stream<Arguments> files() {
    return Stream.of(
        Arguments.of("man/man1/jld.1", ManPage.text()),
        Arguments.of("bash-completion/completions/jld", Completions.bash()),
        Arguments.of("zsh/site-functions/_jld", Completions.zsh()),
        Arguments.of("fish/vendor_completions.d/jld.fish", Completions.fish()));
  }

  /** With {@code -Djld.test.args=-Djld.docs.write=true}, Maven writes them anew. */
  @ParameterizedTest
  @MethodSource("files")
  void areOfTheTable(String name, String text) throws IOException {
    Path file = SHARE.resolve(name);
    if (Boolean.getBoolean("jld.docs.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return;
    }
    assertEquals(
        text, Files.readString(file), "to write it anew: -Djld.test.args=-Djld.docs.write=true");
  }

  @Test
  void theParserTakesAllChoices() {
    Choices.all()
        .forEach(
            (opt, values) -> {
              String name = opt.names().split(" ")[0];
              for (String value : values) {
                CommandLine line =
                    CommandLine.parse(new String[] {name + "=" + value, "a.o"}, Map.of());
                assertEquals(List.of(), line.errors(), name);
                assertTrue(opt.help().contains(value), name + " does not explain " + value);
              }
            });
  }

  @Test
  void theManPageIsRenderedWithoutWarnings() {
    Tools.need("man", "groff");
    Path page = SHARE.resolve("man/man1/jld.1");
    Proc p =
        Proc.run(
                dir,
                List.of("man", "--warnings", "-E", "UTF-8", "-l", page.toString()),
                Map.of("MANWIDTH", "80", "LC_ALL", "C.UTF-8"))
            .ok();
    assertEquals("", p.err());
    String text = p.out().replaceAll(".\b", "").replaceAll("\u001b\\[[0-9;]*m", "");
    assertTrue(text.contains("-o FILE, --output=FILE"), text);
    assertTrue(text.contains("--build-id[=STYLE]"), text);
    assertTrue(text.contains("-z stack-size=SIZE"), text);
  }

  /** The words of the command line are separated by blanks; the last one is completed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --hash-st                | --hash-style=
          --list-a                 | --list-archs
          --hash-style =           | sysv gnu both
          --hash-style = g         | gnu
          -hash-style = g          | gnu
          --hash-style=b           | both
          --build-id = sh          | sha1 sha256
          --color-diagnostics = n  | never
          -z relr                  | relro
          -z stack-                | stack-size=
          -z cet                   | cet-report=
          -o a                     | a.o adir
          --output = a             | a.o adir
          -L a                     | adir
          a                        | a.o adir
          --build-id a             | a.o adir
          --arch = a               | amd64
          -soname a                | ''
          """)
  void bashCompletes(String line, String expected) throws IOException {
    assumeTrue(Tools.has("bash"));
    Files.createFile(dir.resolve("a.o"));
    Files.createDirectory(dir.resolve("adir"));
    String script =
        """
        jld() { printf 'amd64\\nx86\\n'; }
        . "$1"; shift
        complete -p jld > registered
        complete -p ld.jld >> registered
        COMP_WORDS=(jld "$@")
        COMP_CWORD=$#
        _jld jld "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        echo "${COMPREPLY[*]}"
        """;
    List<String> command =
        Stream.concat(
                Stream.of("bash", "-uc", script, "bash", BASH.toString()),
                Stream.of(line.split(" ")))
            .toList();
    Proc p = Proc.run(dir, command, Map.of()).ok();
    assertEquals("", p.err());
    assertEquals(
        Stream.of(expected.split(" ")).sorted().toList(),
        Stream.of(p.out().strip().split(" ")).sorted().toList());
    assertEquals(
        "complete -F _jld jld\ncomplete -F _jld ld.jld\n",
        Files.readString(dir.resolve("registered")));
  }

  @Test
  void zshReadsItsFile() {
    Tools.need("zsh");
    Path file = SHARE.resolve("zsh/site-functions/_jld");
    Proc.run(dir, List.of("zsh", "-fn", file.toString()), Map.of()).ok();
  }

  @ParameterizedTest
  @CsvSource({"--hash-style=g, gnu", "--list-ar, --list-archs"})
  void fishCompletes(String word, String expected) {
    Tools.need("fish");
    String script = "source " + SHARE.resolve("fish/vendor_completions.d/jld.fish");
    script += "; complete -C 'jld " + word + "'";
    Proc p = Proc.run(dir, List.of("fish", "-Nc", script), Map.of("HOME", dir.toString())).ok();
    assertEquals("", p.err());
    assertTrue(p.out().contains(expected), p.out());
  }
}
