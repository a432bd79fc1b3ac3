package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --map-json} of real links: what docs/map-json.md promises. */
class MapJsonTest {
  private static final String MAIN =
      """
      #include <cstdio>
      #include <string>
      #include <vector>
      template <class T> T twice(T x) { return x + x; }
      int other(int);
      int three(int x) { return x * 3 + 1; }
      int same_as_three(int x) { return x * 3 + 1; }
      int unused(int x) { return x - 7; }
      int main() {
        std::vector<std::string> v{"map", "json"};
        std::printf("%d %d\\n", twice(three(2)) + same_as_three(1), other((int) v.size()));
      }
      """;

  private static final String OTHER =
      """
      #include <string>
      #include <vector>
      template <class T> T twice(T x) { return x + x; }
      int other(int x) { std::vector<std::string> v{"map", "more"}; return twice(x) + (int) v.size(); }
      """;

  private static final Schema SCHEMA = schema();

  @TempDir Path dir;
  private Workbench w;
  private List<String> program;

  private static Schema schema() {
    try {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(Files.readString(Path.of("../docs/map-json.schema.json")), InputFormat.JSON);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void compile(Target target) {
    Tools.needCxx(target);
    w = new Workbench(dir, target);
    Path main = w.cxx("main", MAIN, "-O1", "-g", "-ffunction-sections", "-fno-inline");
    Path other = w.cxx("other", OTHER, "-O1", "-g", "-ffunction-sections", "-fno-inline");
    program = w.commandLine("g++", main, w.archive("libother.a", other));
  }

  private JsonObject map(Object... options) {
    Linked linked = w.jld(program, options, "--map-json=" + dir + "/map.json");
    assertEquals("18 6\n", linked.run().out());
    JsonObject map = read();
    ElfImage elf = linked.elf();
    assertTrue(map.getAsJsonArray("sections").size() > 25, map::toString);
    rows(map, "sections")
        .forEach(
            s ->
                assertEquals(
                    elf.section(s.get("name").getAsString()).size(), s.get("size").getAsLong()));
    return map;
  }

  /** The map, which is as the schema and the words beside it say. */
  private JsonObject read() {
    String text = w.read("map.json");
    assertEquals(List.of(), SCHEMA.validate(text, InputFormat.JSON));
    JsonObject map = JsonParser.parseString(text).getAsJsonObject();
    Map<Integer, Long> sizes = new HashMap<>();
    Set<Integer> ids = new HashSet<>();
    rows(map, "content")
        .forEach(
            c -> {
              sizes.merge(c.get("section").getAsInt(), c.get("size").getAsLong(), Long::sum);
              assertTrue(!c.has("id") || ids.add(c.get("id").getAsInt()), c::toString);
            });
    rows(map, "sections")
        .forEach(
            s ->
                assertEquals(
                    s.get("size").getAsLong(),
                    sizes.getOrDefault(s.get("number").getAsInt(), 0L),
                    s::toString));
    rows(map, "dropped").forEach(d -> assertTrue(ids.add(d.get("id").getAsInt()), d::toString));
    rows(map, "dropped")
        .forEach(d -> assertTrue(!d.has("kept") || ids.contains(d.get("kept").getAsInt())));
    Set<Integer> symbols = new HashSet<>();
    rows(map, "symbols")
        .forEach(
            s -> {
              assertTrue(symbols.add(s.get("id").getAsInt()), s::toString);
              assertTrue(!s.has("section") || ids.contains(s.get("section").getAsInt()));
            });
    rows(map, "references")
        .forEach(
            r -> {
              assertTrue(ids.contains(r.get("from").getAsInt()), r::toString);
              assertTrue(symbols.containsAll(numbers(r, "symbols")), r::toString);
              assertTrue(ids.containsAll(numbers(r, "sections")), r::toString);
            });
    return map;
  }

  private static List<JsonObject> rows(JsonObject map, String name) {
    return StreamSupport.stream(map.getAsJsonArray(name).spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static List<Integer> numbers(JsonObject row, String name) {
    List<Integer> numbers = new ArrayList<>();
    JsonArray all = row.getAsJsonArray(name);
    if (all != null) {
      all.forEach(n -> numbers.add(n.getAsInt()));
    }
    return numbers;
  }

  private static JsonObject row(JsonObject map, String array, String key, String value) {
    return rows(map, array).stream()
        .filter(r -> r.has(key) && r.get(key).getAsString().equals(value))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + value + " in " + array));
  }

  @ParameterizedTest
  @EnumSource
  void whatTheOutputConsistsOf(Target target) {
    compile(target);
    JsonObject map = map("--gc-sections", "--icf=all");
    assertEquals(target.arch, map.getAsJsonObject("output").get("architecture").getAsString());
    JsonObject member = row(map, "inputs", "member", "other.o");
    assertEquals("_Z5otheri", member.get("for").getAsString());
    JsonObject main = row(map, "content", "name", ".text.main");
    assertEquals(main.get("input"), member.get("by"));

    JsonObject other = row(map, "symbols", "name", "_Z5otheri");
    JsonObject references = row(map, "references", "from", main.get("id").getAsString());
    assertTrue(numbers(references, "symbols").contains(other.get("id").getAsInt()));
    assertEquals(row(map, "content", "name", ".text._Z5otheri").get("id"), other.get("section"));
    assertEquals("shared", row(map, "symbols", "name", "printf").get("definition").getAsString());

    assertEquals("garbage", reason(map, ".text._Z6unusedi"));
    assertEquals("folded", reason(map, ".text._Z13same_as_threei"));
    assertEquals(
        row(map, "content", "name", ".text._Z5threei").get("id"),
        row(map, "dropped", "name", ".text._Z13same_as_threei").get("kept"));
    JsonObject twice = row(map, "dropped", "name", ".text._Z5twiceIiET_S0_");
    assertEquals("comdat", twice.get("reason").getAsString());
    assertEquals("_Z5twiceIiET_S0_", twice.get("group").getAsString());
    assertEquals(
        row(map, "content", "name", ".text._Z5twiceIiET_S0_").get("id"), twice.get("kept"));
  }

  private static String reason(JsonObject map, String section) {
    return row(map, "dropped", "name", section).get("reason").getAsString();
  }

  @ParameterizedTest
  @EnumSource
  void otherKindsOfOutput(Target target) {
    compile(target);
    JsonObject compressed = map("--compress-debug-sections=zlib");
    assertEquals(
        "merged", row(compressed, "content", "name", ".debug_info").get("kind").getAsString());
    Object json = "--map-json=" + dir + "/map.json";
    program = w.commandLine("g++", "-static", dir.resolve("main.o"), dir.resolve("other.o"));
    map();
    Linked shared = w.jld("-shared", "-z", "notext", dir.resolve("other.o"), json);
    assertEquals(0, shared.status(), shared::toString);
    assertEquals("shared", read().getAsJsonObject("output").get("kind").getAsString());
    Linked object = w.jld("-r", dir.resolve("main.o"), dir.resolve("other.o"), json);
    assertEquals(0, object.status(), object::toString);
    JsonObject map = read();
    assertEquals(
        "undefined", row(map, "symbols", "name", "printf").get("definition").getAsString());
  }

  /** A name is bytes: here one that is no UTF-8, and one with all that JSON escapes. */
  @Test
  void namesKeepTheirBytes() throws IOException {
    Tools.needC(Target.AMD64);
    w = new Workbench(dir, Target.AMD64);
    Path object =
        w.asm(
            "a",
            ".globl _start\n"
                + "_start: ret\n"
                + ".globl \"q\\\"<!--</script>\"\n"
                + "\"q\\\"<!--</script>\": ret\n"
                + ".globl odd1\n"
                + "odd1: ret\n");
    byte[] bytes = Files.readAllBytes(object);
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    bytes[text.indexOf("odd1")] = (byte) 0xfe;
    Files.write(object, bytes);
    assertEquals(0, w.jld(object, "--map-json=" + dir + "/map.json").status());
    JsonObject map = read();
    row(map, "symbols", "name", "\udcfedd1");
    row(map, "symbols", "name", "q\"<!--</script>");
  }

  @Test
  void aFileThatCannotBeWrittenIsAnError() {
    Tools.needC(Target.AMD64);
    w = new Workbench(dir, Target.AMD64);
    Path object = w.asm("a", ".globl _start\n_start: ret\n");
    w.jld(object, "--map-json=/dev/full").failed("/dev/full: No space left on device");
    w.jld(object, "--map-json=" + dir + "/no/such").failed("no/such: ");
    Linked printed = w.jld(object, "--map-json=-");
    assertTrue(printed.out().startsWith("{\"format\":\"jld-map\",\"version\":1,"), printed.out());
  }
}
