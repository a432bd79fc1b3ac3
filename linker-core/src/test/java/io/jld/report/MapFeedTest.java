package io.jld.report;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.MapSink;
import io.jld.link.OutputKind;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** {@link LinkOption#MAP_SINKS}: the link map as data. */
class MapFeedTest {
  /** Keeps all that it is told. */
  private static final class Kept implements MapSink {
    final List<Input> inputs = new ArrayList<>();
    final List<Section> sections = new ArrayList<>();
    final List<Content> contents = new ArrayList<>();
    final Map<String, Symbol> symbols = new HashMap<>();
    final List<Dropped> dropped = new ArrayList<>();
    final Map<Integer, References> references = new HashMap<>();
    Output output;
    boolean ended;

    @Override
    public void output(Output o) {
      output = o;
    }

    @Override
    public void input(Input i) {
      inputs.add(i);
    }

    @Override
    public void section(Section s) {
      sections.add(s);
    }

    @Override
    public void content(Content c) {
      contents.add(c);
    }

    @Override
    public void symbol(Symbol s) {
      symbols.put(s.name(), s);
    }

    @Override
    public void dropped(Dropped d) {
      dropped.add(d);
    }

    @Override
    public void references(References r) {
      references.put(r.from(), r);
    }

    @Override
    public void end() {
      ended = true;
    }

    /** The only part of that name. */
    Content content(String name) {
      List<Content> of = contents.stream().filter(c -> c.name().equals(name)).toList();
      assertEquals(1, of.size(), () -> name + " in " + contents);
      return of.getFirst();
    }

    Dropped dropped(String name) {
      List<Dropped> of = dropped.stream().filter(d -> d.name().equals(name)).toList();
      assertEquals(1, of.size(), () -> name + " in " + dropped);
      return of.getFirst();
    }
  }

  private static Kept link(Consumer<LinkRequest.Builder> options, ObjectBuilder... objects) {
    Kept kept = new Kept();
    Linked.link(
        b -> {
          b.set(LinkOption.MAP_SINKS, List.of(kept));
          options.accept(b);
        },
        objects);
    assertTrue(kept.ended);
    for (MapSink.Section s : kept.sections) {
      long sum =
          kept.contents.stream()
              .filter(c -> c.section() == s.number())
              .mapToLong(MapSink.Content::size)
              .sum();
      assertEquals(s.size(), sum, () -> s + ": " + kept.contents);
    }
    return kept;
  }

  private static ObjectBuilder function(String name, String... callees) {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text." + name, ObjectBuilder.filled(4 + 4 * callees.length, 0x90));
    o.function(name, text, 0, 4);
    for (int i = 0; i < callees.length; i++) {
      o.reloc(text, 4 * i, TestArch.PC32, o.undefined(callees[i]), 0);
    }
    return o;
  }

  private static int strings(ObjectBuilder o, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return o.section(".rodata.s", SHT_PROGBITS, SHF_ALLOC | SHF_MERGE | SHF_STRINGS, 1, 1, bytes);
  }

  @Test
  void whatRefersToWhat() {
    ObjectBuilder start = function("_start", "f", "f", "g");
    int strings = strings(start, "one\0two\0");
    start.reloc(1, 0, TestArch.PC32, start.sectionSymbol(strings), 0);
    Kept map = link(b -> {}, start, function("f"), function("g", "f"));
    assertEquals(3, map.inputs.size());
    MapSink.Content from = map.content(".text._start");
    MapSink.Symbol f = map.symbols.get("f");
    assertEquals(MapSink.Definition.SECTION, f.definition());
    assertEquals(map.content(".text.f").id(), f.section());
    assertEquals(map.content(".text.f").address(), f.address());
    assertEquals(1, f.input());
    MapSink.References all = map.references.get(from.id());
    int[] symbols = {f.id(), map.symbols.get("g").id()};
    java.util.Arrays.sort(symbols);
    assertArrayEquals(symbols, all.symbols());
    assertArrayEquals(new int[] {map.content(".rodata.s").id()}, all.sections());
    assertNull(map.references.get(map.content(".text.f").id()));
  }

  @Test
  void mergedBytesCountForTheFirstThatHasThem() {
    ObjectBuilder a = function("_start");
    strings(a, "one\0two\0");
    ObjectBuilder b = ObjectBuilder.wide();
    strings(b, "two\0three\0one\0");
    Kept map = link(o -> {}, a, b);
    List<MapSink.Content> merged =
        map.contents.stream().filter(c -> c.kind() == MapSink.Kind.MERGED).toList();
    assertEquals(List.of(8L, 6L), merged.stream().map(MapSink.Content::size).toList());
  }

  /** With tails merged, {@code wo} is a part of {@code two}, whoever comes first. */
  @Test
  void theEndOfAStringCountsOnce() {
    ObjectBuilder a = function("_start");
    strings(a, "wo\0");
    ObjectBuilder b = ObjectBuilder.wide();
    strings(b, "two\0");
    Kept map = link(o -> o.set(LinkOption.OPTIMIZE, 2), a, b);
    List<MapSink.Content> merged =
        map.contents.stream().filter(c -> c.kind() == MapSink.Kind.MERGED).toList();
    assertEquals(List.of(3L, 1L), merged.stream().map(MapSink.Content::size).toList());
  }

  private static ObjectBuilder inGroup(String name) {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text." + name, ObjectBuilder.filled(8, 0x90));
    int f = o.symbol(name, STB_WEAK, STT_FUNC, STV_DEFAULT, text, 0, 8);
    o.group(f, true, text);
    return o;
  }

  @Test
  void whyItIsNotThere() {
    ObjectBuilder note = function("unused");
    note.section(".note.GNU-stack", SHT_PROGBITS, 0, 1, 0, new byte[0]);
    Kept map =
        link(
            b -> b.set(LinkOption.GC_SECTIONS, true),
            function("_start", "twice"),
            inGroup("twice"),
            inGroup("twice"),
            note);
    MapSink.Dropped twice = map.dropped(".text.twice");
    assertEquals(MapSink.Reason.COMDAT, twice.reason());
    assertEquals("twice", twice.group());
    assertEquals(2, twice.input());
    assertEquals(map.content(".text.twice").id(), twice.kept());
    assertEquals(1, map.content(".text.twice").input());
    assertEquals(MapSink.Reason.GARBAGE, map.dropped(".text.unused").reason());
    assertEquals(8, map.dropped(".text.unused").size() + 4);
    assertEquals(MapSink.Reason.EXCLUDED, map.dropped(".note.GNU-stack").reason());
    assertNull(map.symbols.get("unused"));
  }

  @Test
  void relocatableOutput() {
    ObjectBuilder o = function("f", "elsewhere");
    o.local("here", 1, 4);
    Kept map = link(b -> b.set(LinkOption.OUTPUT_KIND, OutputKind.RELOCATABLE), function("g"), o);
    assertEquals(OutputKind.RELOCATABLE, map.output.kind());
    assertEquals(MapSink.Definition.UNDEFINED, map.symbols.get("elsewhere").definition());
    MapSink.Content text = map.content(".text.f");
    assertEquals(text.address() + 4, map.symbols.get("here").address());
    assertArrayEquals(
        new int[] {map.symbols.get("elsewhere").id()}, map.references.get(text.id()).symbols());
  }

  @Test
  void aSinkThatCannotWriteEndsTheLink() {
    MapSink full =
        new MapSink() {
          @Override
          public void end() {
            throw new UncheckedIOException(new IOException("m.json: No space left on device"));
          }
        };
    LinkException e =
        assertThrows(
            LinkException.class,
            () -> Linked.link(b -> b.set(LinkOption.MAP_SINKS, List.of(full)), function("_start")));
    assertTrue(e.getMessage().contains("m.json: No space left"), e.getMessage());
  }
}
