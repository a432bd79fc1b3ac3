package io.jld.cli.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.MapSink.Content;
import io.jld.link.MapSink.Definition;
import io.jld.link.MapSink.Input;
import io.jld.link.MapSink.Kind;
import io.jld.link.MapSink.Output;
import io.jld.link.MapSink.Section;
import io.jld.link.MapSink.Symbol;
import io.jld.link.OutputKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maps that are written and read again, and files that are none. */
class MapJsonReaderTest {
  private static SizeTree read(String json) throws IOException {
    SizeTree tree = new SizeTree();
    MapJsonReader.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), tree);
    return tree;
  }

  /** A function and a part of its section that no symbol has; addresses beyond 2^63. */
  private static String map() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MapJson json = new MapJson(out);
    long at = 0xffffffff81000000L;
    json.output(new Output("k\udcfe", OutputKind.EXECUTABLE, "amd64", true, 100));
    json.input(new Input(0, "libx.a", "a.o", null, true, "f", -1));
    json.section(new Section(1, ".text", 1, 6, at, 64, 36, 16));
    json.section(new Section(2, ".bss", 8, 3, at, 100, -1, 1));
    json.content(new Content(Kind.SECTION, 1, 7, 0, ".text.f", at, 32));
    json.content(new Content(Kind.FILL, 1, 0, -1, "", at + 32, 4));
    json.symbol(new Symbol(3, "f", Definition.SECTION, 0, 7, at + 2, 20, 2, 1, 0));
    json.symbol(new Symbol(4, "alias", Definition.SECTION, 0, 7, at + 2, 12, 13, 10, 2));
    json.end();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    SizeTree tree = read(map());
    assertEquals("k\udcfe", tree.output().file());
    assertEquals(
        Map.of("f", 20L, ".text.f", 12L),
        tree.sizes().get(new SizeTree.Place("libx.a", "a.o", ".text")));
    assertEquals(
        Map.of("(padding)", 4L), tree.sizes().get(new SizeTree.Place("(padding)", "", ".text")));
    assertEquals("bss", tree.sections().get(".bss").kind());
  }

  /** What a later version of jld may add. */
  @Test
  void unknownMembersArePassedOver() throws IOException {
    String more = map().replace("\"bits\":64", "\"bits\":64,\"more\":{\"a\":[1,null]}");
    assertEquals(
        100, read(more.replace(",\"sections\":", ",\"new\":[{}],\"sections\":")).output().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                        | ''                        | not JSON
          {                                         | '{ x'                     | not JSON
          "version":1                               | "version":2               | its version is 2, and not 1
          jld-map                                   | other                     | its format is other
          "number":0                                | "number":7                | not a map
          "id":7,"input":0                          | "id":7,"input":9          | not a map
          0xffffffff81000000                        | zz                        | not a map
          "size":36                                 | "size":1e999              | not a map
          "size":36                                 | "size":-36                | not a map
          "kind":"fill"                             | "kind":"what"             | not a map
          "section":1,"address"                     | "section":8,"address"     | not a map
          """)
  void whatIsNoMapIsAnError(String of, String replaced, String message) {
    String bad = of.isEmpty() ? "" : map().replace(of, replaced);
    IOException e = assertThrows(IOException.class, () -> read(bad));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }
}
