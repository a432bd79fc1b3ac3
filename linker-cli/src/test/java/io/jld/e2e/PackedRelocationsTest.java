package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code --pack-dyn-relocs}, {@code --use-android-relr-tags}: whatever form the dynamic relocations
 * have, they say the same.
 */
class PackedRelocationsTest {
  private static final String CODE =
      """
      extern int ext, other;
      extern int extf(void);
      extern char first[] __attribute__((visibility("hidden")));
      static int local[100];
      int own[4];
      int *run[40] = {local, local + 1, local + 99, local, local, local + 7, local, local, local,
                      local, local, local, local, local};
      int *mixed[30] = {own, local, own + 1, local + 3, own + 2, &ext, &ext, &ext, &ext + 1, &other};
      int (*function)(void) = extf;
      struct __attribute__((packed)) { char c; int *p; } odd = {1, local + 50};
      char *assigned = first;
      __thread int tls;
      int *t(void) { return &tls; }
      static __thread int hidden[2];
      int *h(int i) { return &hidden[i]; }
      static int one(void) { return 1; }
      static void *resolve(void) { return one; }
      static int chosen(void) __attribute__((ifunc("resolve")));
      int (*indirect)(void) = chosen;
      """;

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void packsForAndroid(Target target) {
    Workbench w = new Workbench(dir, target);
    Object[] line = {"-m", target.emulation, "-shared", "--defsym=first=own+2", object(w)};
    ElfImage plain = w.jld(line).silent().elf();
    Map<String, String> expected = relocations(plain, target);
    assertTrue(expected.size() > 30, expected::toString);
    String rel = target == Target.AMD64 ? ".rela" : ".rel";
    long size = plain.section(rel + ".dyn").size();
    for (String form : List.of("android", "android+relr")) {
      Linked linked = w.jld("--pack-dyn-relocs=" + form, line).silent();
      ElfImage elf = linked.elf();
      assertEquals(expected, relocations(elf, target), form);
      ElfImage.Section packed = elf.section(rel + ".dyn");
      assertEquals(target == Target.AMD64 ? 0x60000002 : 0x60000001, packed.type());
      assertEquals(1, packed.entsize());
      assertTrue(packed.size() * 2 < size, () -> packed + " of " + size);
      assertEquals(form.endsWith("relr"), elf.hasSection(".relr.dyn"));
      long tag = target == Target.AMD64 ? 0x60000011 : 0x6000000f;
      assertEquals(packed.addr(), dynamic(elf, tag));
      assertEquals(packed.size(), dynamic(elf, tag + 1));
      for (long plainTag : new long[] {7, 8, 17, 18, 0x6ffffff9, 0x6ffffffa}) {
        assertEquals(-1, dynamic(elf, plainTag), "no unpacked relocations");
      }
      llvmReads(linked, elf, target);
    }
  }

  /** The same relocations through a decoder that others have written. */
  private void llvmReads(Linked linked, ElfImage elf, Target target) {
    if (!Tools.has("llvm-readelf")) {
      return;
    }
    Proc p = Proc.run(dir, List.of("llvm-readelf", "-r", linked.output().toString())).ok();
    assertEquals("", p.err());
    assertEquals(
        relocations(elf, target).size() + elf.relocs(elf.section(plt(target))).size(),
        p.out().lines().filter(l -> l.matches("[0-9a-f]{8,}.* R_.*")).count(),
        p::toString);
  }

  private static String plt(Target target) {
    return target == Target.AMD64 ? ".rela.plt" : ".rel.plt";
  }

  @ParameterizedTest
  @EnumSource
  void packsRelativeOnes(Target target) {
    Workbench w = new Workbench(dir, target);
    Object[] line = {"-m", target.emulation, "-shared", "--defsym=first=own+2", object(w)};
    Map<String, String> expected = relocations(w.jld(line).silent().elf(), target);
    for (String tags : List.of("--no-use-android-relr-tags", "--use-android-relr-tags")) {
      boolean android = tags.startsWith("--use");
      ElfImage elf = w.jld("--pack-dyn-relocs=relr", tags, line).silent().elf();
      assertEquals(expected, relocations(elf, target));
      ElfImage.Section relr = elf.section(".relr.dyn");
      assertEquals(android ? 0x6fffff00 : 19, relr.type());
      assertEquals(android ? relr.addr() : -1, dynamic(elf, 0x6fffe000));
      assertEquals(android ? relr.size() : -1, dynamic(elf, 0x6fffe001));
      assertEquals(android ? target.wordSize : -1, dynamic(elf, 0x6fffe003));
      assertEquals(android ? -1 : relr.addr(), dynamic(elf, 36));
      assertEquals(android ? -1 : relr.size(), dynamic(elf, 35));
      assertEquals(android ? -1 : target.wordSize, dynamic(elf, 37));
    }
    ElfImage none = w.jld("--pack-dyn-relocs=relr", "--pack-dyn-relocs=none", line).silent().elf();
    assertFalse(none.hasSection(".relr.dyn"));
  }

  /** A program that is loaded by nobody goes on to relocate itself. */
  @ParameterizedTest
  @EnumSource
  void leavesStaticProgramsAlone(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "s",
            "static int one(void) { return 1; } static void *r(void) { return one; }"
                + " int f(void) __attribute__((ifunc(\"r\"))); int (*p)(void) = f;"
                + " int _start(void) { return p() + f(); }",
            "-fno-pic");
    ElfImage elf = w.jld("-m", target.emulation, "--pack-dyn-relocs=android", o).silent().elf();
    assertTrue(elf.sections.stream().noneMatch(s -> s.type() >>> 8 == 0x600000), "packed");
  }

  private static Path object(Workbench w) {
    Tools.needC(w.target);
    return w.c("a", CODE, "-fPIC", "-mtls-dialect=gnu");
  }

  /** Where each relocation is, and what it does; as places in sections, which may move. */
  private static Map<String, String> relocations(ElfImage elf, Target target) {
    List<ElfImage.Reloc> all = new ArrayList<>();
    ElfImage.Section dyn = elf.section(target == Target.AMD64 ? ".rela.dyn" : ".rel.dyn");
    if (dyn.type() == 4 || dyn.type() == 9) {
      all.addAll(elf.relocs(dyn));
    } else {
      all.addAll(new Android(elf.content(dyn), target).read());
    }
    int relative = 8; // of both architectures
    if (elf.hasSection(".relr.dyn")) {
      for (long place : relr(elf, target)) {
        all.add(new ElfImage.Reloc(place, relative, 0, elf.wordAt(place)));
      }
    }
    List<ElfImage.Symbol> names = elf.symbols(".dynsym");
    Map<String, String> found = new TreeMap<>();
    for (ElfImage.Reloc r : all) {
      boolean inField = target == Target.X86;
      long addend = inField ? elf.wordAt(r.offset()) : r.addend();
      boolean isAddress = r.symbol() == 0 && (r.type() == relative || addend > 0x1000);
      String what =
          r.type()
              + " "
              + names.get(r.symbol()).name()
              + " "
              + (isAddress ? place(elf, addend) : Long.toString(addend));
      assertEquals(null, found.put(place(elf, r.offset()), what), "two at one place");
    }
    return found;
  }

  private static String place(ElfImage elf, long address) {
    ElfImage.Section in =
        elf.sections.stream()
            .filter(s -> (s.flags() & 2) != 0 && s.holds(address))
            .findFirst()
            .orElseThrow(() -> new AssertionError(Long.toHexString(address)));
    return in.name() + "+" + (address - in.addr());
  }

  /** gABI, "SHT_RELR". */
  private static List<Long> relr(ElfImage elf, Target target) {
    List<Long> places = new ArrayList<>();
    long next = 0;
    for (long word : elf.words(".relr.dyn")) {
      if ((word & 1) == 0) {
        places.add(word);
        next = word + target.wordSize;
        continue;
      }
      for (int bit = 1; bit < target.wordSize * 8; bit++) {
        if ((word >>> bit & 1) != 0) {
          places.add(next + (bit - 1L) * target.wordSize);
        }
      }
      next += (target.wordSize * 8L - 1) * target.wordSize;
    }
    return places;
  }

  /** The value of an entry of .dynamic; -1 where there is none. */
  private static long dynamic(ElfImage elf, long tag) {
    long[] words = elf.words(".dynamic");
    for (int i = 0; i < words.length; i += 2) {
      if (words[i] == tag) {
        return words[i + 1];
      }
    }
    return -1;
  }

  /** Reads packed relocations by bionic's description of them. */
  private static final class Android {
    private final byte[] bytes;
    private final boolean is64;
    private int at = 4;

    Android(byte[] bytes, Target target) {
      this.bytes = bytes;
      this.is64 = target == Target.AMD64;
      assertEquals("APS2", new String(bytes, 0, 4, java.nio.charset.StandardCharsets.US_ASCII));
    }

    private long number() {
      long value = 0;
      int shift = 0;
      byte b;
      do {
        b = bytes[at++];
        value |= (long) (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0);
      return shift < 64 && (b & 0x40) != 0 ? value | -1L << shift : value;
    }

    List<ElfImage.Reloc> read() {
      long count = number();
      long offset = number();
      long addend = 0;
      List<ElfImage.Reloc> all = new ArrayList<>();
      while (all.size() < count) {
        long group = number();
        long flags = number();
        assertTrue(group > 0 && flags < 16, "sound group");
        long delta = (flags & 2) != 0 ? number() : 0;
        long info = (flags & 1) != 0 ? number() : 0;
        boolean hasAddends = (flags & 8) != 0;
        assertEquals(is64, hasAddends);
        addend += hasAddends && (flags & 4) != 0 ? number() : 0;
        for (long i = 0; i < group; i++) {
          offset += (flags & 2) != 0 ? delta : number();
          info = (flags & 1) != 0 ? info : number();
          addend += hasAddends && (flags & 4) == 0 ? number() : 0;
          all.add(
              new ElfImage.Reloc(
                  offset,
                  is64 ? (int) info : (int) info & 0xff,
                  (int) (is64 ? info >>> 32 : info >>> 8),
                  hasAddends ? addend : 0));
        }
      }
      while (at < bytes.length) {
        assertEquals(0, bytes[at++], "what is left is 0");
      }
      return all;
    }
  }
}
