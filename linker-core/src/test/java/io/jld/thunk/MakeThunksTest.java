package io.jld.thunk;

import static io.jld.elf.Elf.*;
import static io.jld.testing.ObjectBuilder.filled;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.arch.Arches;
import io.jld.elf.ElfClass;
import io.jld.input.Names;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Branches that don't reach, and where they go then. */
class MakeThunksTest {
  private static final Arches ARCHES = new Arches(List.of(new ShortArch()));
  private static final int SIZE = 0x400;
  private static final int BRANCHES = 8;

  /**
   * Functions of 1 KiB, each in a section and an object of its own. {@code calls[f][i]} is whom
   * function f calls at offset 8 i.
   */
  private static ObjectBuilder[] functions(int[][] calls) {
    ObjectBuilder[] objects = new ObjectBuilder[calls.length];
    for (int f = 0; f < calls.length; f++) {
      ObjectBuilder o = ObjectBuilder.wide();
      int text = o.code(".text", filled(SIZE, 0x11));
      o.function(f == 0 ? "_start" : "f" + f, text, 0, SIZE);
      for (int i = 0; i < calls[f].length; i++) {
        int to = calls[f][i];
        int sym = to == f ? 1 : o.undefined(to == 0 ? "_start" : "f" + to);
        o.reloc(text, 8L * i, ShortArch.BRANCH, sym, 0);
      }
      objects[f] = o;
    }
    return objects;
  }

  private static int[][] random(int functions, long seed) {
    Random random = new Random(seed);
    int[][] calls = new int[functions][BRANCHES];
    for (int[] c : calls) {
      for (int i = 0; i < c.length; i++) {
        c[i] = random.nextInt(functions);
      }
    }
    return calls;
  }

  private static Linked link(Consumer<LinkRequest.Builder> more, ObjectBuilder... objects) {
    return Linked.link(
        b -> {
          b.arches(ARCHES);
          more.accept(b);
        },
        objects);
  }

  /** The symbols of the output by name; names that are not unique have the first value. */
  private static Map<String, Long> symbols(Linked l) {
    MemorySegment table = l.section(".symtab").bytes();
    MemorySegment names = l.section(".strtab").bytes();
    Map<String, Long> all = new HashMap<>();
    for (long at = 24; at < table.byteSize(); at += 24) {
      all.putIfAbsent(Names.string(names, ElfClass.u32(table, at)), l.elf().word(table, at + 8));
    }
    return all;
  }

  /** Where a branch leads, through a thunk if it goes to one. */
  private static long follow(Linked l, long place) {
    long to = place + (int) ElfClass.u32(l.at(place), 0);
    assertTrue(Math.abs(to - place) <= ShortArch.REACH);
    boolean isThunk = (int) ElfClass.u32(l.at(to), 0) == ShortArch.MARK;
    return isThunk ? to + (int) ElfClass.u32(l.at(to), 4) : to;
  }

  private static void checkCalls(Linked l, int[][] calls) {
    Map<String, Long> symbols = symbols(l);
    for (int f = 0; f < calls.length; f++) {
      long from = symbols.get(f == 0 ? "_start" : "f" + f);
      for (int i = 0; i < calls[f].length; i++) {
        int to = calls[f][i];
        assertEquals(symbols.get(to == 0 ? "_start" : "f" + to), follow(l, from + 8L * i));
      }
    }
  }

  private static int thunks(Linked l) {
    int n = 0;
    MemorySegment text = l.section(".text").bytes();
    for (long at = 0; at < text.byteSize(); at += 8) {
      n += (int) ElfClass.u32(text, at) == ShortArch.MARK ? 1 : 0;
    }
    return n;
  }

  @Test
  void allBranchesOfMuchCodeReach() {
    for (int seed = 1; seed <= 8; seed++) {
      int[][] calls = random(16 * seed, seed);
      checkCalls(link(b -> {}, functions(calls)), calls);
    }
  }

  @Test
  void theOutputIsTheSameForAnyNumberOfThreads() {
    int[][] calls = random(100, 42);
    byte[] one = link(b -> b.threads(1), functions(calls)).toArray();
    for (int threads : new int[] {2, 3, 8}) {
      assertArrayEquals(one, link(b -> b.threads(threads), functions(calls)).toArray());
    }
  }

  @Test
  void thereIsNoneWhereAllBranchesReach() {
    int[][] calls = {{1, 2, 3}, {0}, {0}, {0, 1, 2}};
    Linked l = link(b -> {}, functions(calls));
    checkCalls(l, calls);
    assertEquals(4 * SIZE, l.section(".text").bytes().byteSize());
    assertTrue(symbols(l).keySet().stream().noneMatch(n -> n.contains("$x")));
  }

  @Test
  void branchesWithinReachShareOne() {
    int[][] calls = new int[64][0];
    calls[0] = new int[] {63, 63, 63, 63};
    calls[1] = new int[] {63, 63};
    Linked l = link(b -> {}, functions(calls));
    checkCalls(l, calls);
    assertEquals(1, thunks(l));
    assertEquals(64 * SIZE + ShortArch.FAR, l.section(".text").bytes().byteSize());
  }

  @Test
  void theyHaveSymbols() {
    int[][] calls = new int[16][0];
    calls[0] = new int[] {15};
    Linked l = link(b -> {}, functions(calls));
    Map<String, Long> symbols = symbols(l);
    long thunk = symbols.get("__f15_veneer");
    assertEquals(ShortArch.MARK, (int) ElfClass.u32(l.at(thunk), 0));
    assertEquals(thunk, symbols.get("$x"));
    assertTrue(
        link(b -> b.set(LinkOption.STRIP, LinkOption.Strip.ALL), functions(calls))
                .section(".symtab")
            == null);
  }

  @Test
  void aScriptsSectionsAndSymbolsAreReached() throws IOException {
    int[][] calls = random(40, 7);
    String script =
        "SECTIONS { . = 0x100000; .first : { obj1?.o(.text) } .data : { *(.data) }"
            + " .text : { BYTE(1) obj2?.o(.text) . += 64; x = .; *(.text) } }";
    Linked l =
        link(
            b -> b.set(LinkOption.DEFSYM, List.of(Map.entry("f39", "f5"))),
            functionsBut(calls, 39));
    assertEquals(symbols(l).get("f5"), symbols(l).get("f39"));
    checkCalls(l, Arrays.copyOf(calls, 39));
    Path file = Files.createTempFile("layout", ".ld");
    try {
      Files.writeString(file, script);
      Linked scripted =
          link(b -> b.input(new InputSource.Script(file, InputFlags.NONE)), functions(calls));
      checkCalls(scripted, calls);
    } finally {
      Files.delete(file);
    }
  }

  private static ObjectBuilder[] functionsBut(int[][] calls, int last) {
    return Arrays.copyOf(functions(calls), last);
  }

  /** A function in read-only memory at a fixed address, far from a program of a few bytes. */
  @Test
  void anAbsoluteAddressIsReached() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", filled(16, 0));
    o.function("_start", text, 0, 16);
    o.reloc(text, 0, ShortArch.BRANCH, o.undefined("rom"), 4);
    Linked l = link(b -> b.set(LinkOption.DEFSYM, List.of(Map.entry("rom", "0x700000"))), o);
    assertEquals(0x700004, follow(l, symbols(l).get("_start")));
  }

  /** The entry of an IFUNC's resolver stands in {@code .plt}, before the code. */
  @Test
  void aThunkLeadsToThePlt() {
    int[][] calls = new int[32][0];
    ObjectBuilder[] objects = functions(calls);
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", filled(SIZE, 0));
    int ifunc = o.symbol("pick", STB_GLOBAL, STT_GNU_IFUNC, STV_DEFAULT, text, 16, 8);
    o.function("last", text, 0, SIZE);
    o.reloc(text, 0, ShortArch.BRANCH, ifunc, 0);
    List<ObjectBuilder> all = new ArrayList<>(List.of(objects));
    all.add(o);
    Linked l = link(b -> {}, all.toArray(ObjectBuilder[]::new));
    assertEquals(l.section(".plt").addr(), follow(l, symbols(l).get("last")));
  }

  @Test
  void aBranchInsideOfATooLargeSectionIsAnError() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", filled(8 * SIZE * 4, 0));
    o.function("_start", text, 0, 16);
    o.reloc(text, 4L * SIZE, ShortArch.BRANCH, o.function("end", text, 7L * 4 * SIZE, 8), 0);
    LinkException e = assertThrows(LinkException.class, () -> link(b -> {}, o));
    assertTrue(e.getMessage().contains("relocation BRANCH out of range"), e.getMessage());
  }

  @Test
  void sectionsAreGarbageCollectedAndRelocationsKept() {
    int[][] calls = random(40, 3);
    Linked l =
        link(
            b -> b.set(LinkOption.GC_SECTIONS, true).set(LinkOption.EMIT_RELOCS, true),
            functions(calls));
    MemorySegment relocs = l.section(".rela.text").bytes();
    assertEquals(0, relocs.byteSize() % 24);
    assertTrue(relocs.byteSize() > 0);
  }
}
