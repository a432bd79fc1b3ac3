package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.DiagnosticCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --explain}. */
class ExplainTest {
  /** The document's words, on lines that a terminal has room for. */
  @Test
  void everyCode() throws IOException {
    String doc = Files.readString(Path.of("../docs/errors.md"));
    for (DiagnosticCode code : DiagnosticCode.values()) {
      Capture c = Capture.run("--explain=" + code.id());
      assertEquals("", c.err());
      int at = doc.indexOf("### " + code.id() + "\n");
      int end = doc.indexOf("\n##", at + 1);
      String entry = doc.substring(doc.indexOf('\n', at), end < 0 ? doc.length() : end);
      String text = c.out().substring(c.out().indexOf('\n'));
      assertEquals(
          plain(entry.replaceAll("\\[[^]]*]\\(([^)]*)\\)", "docs/$1")), plain(text), code.id());
      assertTrue(c.out().startsWith(code.id() + " ("), c.out());
      assertTrue(
          text.lines().filter(l -> !l.startsWith("    ")).allMatch(l -> l.length() <= 80), text);
    }
  }

  private static String plain(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  /** As messages have it, and as programs do. */
  @ParameterizedTest
  @ValueSource(strings = {"[undefined-symbol]", "UNDEFINED_SYMBOL", "Undefined-Symbol"})
  void spellings(String written) {
    assertEquals(
        Capture.run("--explain", "undefined-symbol").out(),
        Capture.run("--explain", written).out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "undefind-symbol | did you mean undefined-symbol?",
        "relocation | did you mean ",
        "qqqqqqqq | docs/errors.md lists all"
      })
  void unknownCodes(String written, String hint) {
    Capture c = Capture.run("--explain", written, "no-such-file.o");
    assertEquals("", c.out());
    String start =
        "jld: error: invalid value '" + written + "' for '--explain': no message has this code; ";
    assertTrue(c.err().startsWith(start + hint), c.err());
    assertTrue(c.err().endsWith(" [invalid-value]\n"), c.err());
  }
}
