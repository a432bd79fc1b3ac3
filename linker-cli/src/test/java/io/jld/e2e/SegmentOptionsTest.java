package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.ElfImage.SegmentType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options about segments and headers that lld and mold have, too; the programs have to run. */
class SegmentOptionsTest {
  private static final int X = 1;
  private static final int W = 2;

  private static final String PROGRAM =
      """
      #include <stdio.h>
      const char text[] = "text";
      const char *const relocated[2] = {text, "more"};
      int data = 3, zeros[2000];
      __thread int tls = 4;
      int main(void) {
        zeros[1999] = data++ + tls++;
        printf("%s %s %d %d\\n", relocated[0], relocated[1], zeros[1999], data + tls);
        return 5;
      }
      """;

  @TempDir Path dir;

  /** Links as gcc does for each kind of program, runs that, and gives the one that moves. */
  private ElfImage runs(Workbench w, String... options) {
    Path o = w.c("program", PROGRAM, "-fPIC");
    Linked last = null;
    for (String kind : List.of("-no-pie", "-static", "-static-pie", "-pie")) {
      last = w.gcc(kind, o, List.of(options)).silent();
      Proc p = last.run();
      assertEquals("text more 7 9\n", p.out(), last::toString);
      assertEquals(5, p.status(), last::toString);
    }
    return last.elf();
  }

  private static List<ElfImage.Segment> loads(ElfImage elf) {
    return elf.segments.stream().filter(s -> s.type() == 1).toList();
  }

  private static ElfImage.Segment holding(ElfImage elf, String section) {
    long at = elf.section(section).addr();
    return loads(elf).stream()
        .filter(s -> s.addr() <= at && at < s.addr() + s.memsz())
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void noRosegment(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    ElfImage two = runs(w, "-Wl,--no-rosegment,--rosegment");
    assertEquals(0, holding(two, ".rodata").flags() & X);
    for (String code : List.of("separate-code", "noseparate-code")) {
      ElfImage one = runs(w, "-Wl,--no-rosegment,-z," + code);
      assertEquals(holding(one, ".text"), holding(one, ".rodata"), code);
      assertEquals(4 | X, holding(one, ".text").flags(), code);
      assertEquals(0, holding(one, ".text").offset(), code);
      assertEquals(0, holding(one, ".data").flags() & X, code);
      assertEquals(loads(two).size() - 1, loads(one).size(), code);
      assertTrue(one.bytes.length < two.bytes.length, "there is less padding");
    }
  }

  @ParameterizedTest
  @EnumSource
  void separateLoadableSegments(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    assertFalse(separate(runs(w, "-Wl,-z,noseparate-code")));
    for (String more : List.of("", ",-z,norelro", ",--no-rosegment")) {
      String options = "-Wl,-z,noseparate-code,-z,separate-loadable-segments" + more;
      assertTrue(separate(runs(w, options)), more);
    }
  }

  /** Whether no page of the file belongs to two segments. */
  private static boolean separate(ElfImage elf) {
    long page = -1;
    for (ElfImage.Segment s : loads(elf)) {
      if (s.filesz() > 0 && s.offset() / 4096 <= page) {
        return false;
      }
      page = s.filesz() > 0 ? (s.offset() + s.filesz() - 1) / 4096 : page;
    }
    return true;
  }

  @ParameterizedTest
  @EnumSource
  void noGnuStack(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    assertNotNull(runs(w, "-Wl,-z,nognustack,-z,gnustack").segment(SegmentType.STACK));
    assertNull(runs(w, "-Wl,-z,nognustack").segment(SegmentType.STACK));
    assertNull(runs(w, "-Wl,-z,nognustack,-z,noexecstack").segment(SegmentType.STACK));
  }

  @ParameterizedTest
  @EnumSource
  void readOnlyDynamic(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    ElfImage usual = runs(w, "-Wl,-z,rodynamic,-z,norodynamic");
    assertEquals(4 | W, usual.segment(SegmentType.DYNAMIC).flags());
    ElfImage elf = runs(w, "-Wl,-z,rodynamic");
    assertEquals(4, elf.segment(SegmentType.DYNAMIC).flags());
    assertEquals(0, elf.section(".dynamic").flags() & 1, "SHF_WRITE");
    assertEquals(4, holding(elf, ".dynamic").flags());
    long debug = 21; // DT_DEBUG, which the loader would write to
    assertTrue(hasTag(usual, debug));
    assertFalse(hasTag(elf, debug));
  }

  private static boolean hasTag(ElfImage elf, long tag) {
    long[] words = elf.words(".dynamic");
    for (int i = 0; i < words.length; i += 2) {
      if (words[i] == tag) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @EnumSource
  void noSectionHeader(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    ElfImage usual = runs(w, "-Wl,-z,nosectionheader,-z,sectionheader");
    assertTrue(usual.hasSymbol("main"));
    ElfImage elf = runs(w, "-Wl,-z,nosectionheader");
    assertEquals(List.of(), elf.sections);
    int fields = target == Target.AMD64 ? 0x3a : 0x2e; // e_shentsize and what follows
    for (int i = 0; i < 6; i++) {
      assertEquals(0, elf.bytes[fields + i]);
    }
    int shoff = target == Target.AMD64 ? 0x28 : 0x20;
    for (int i = 0; i < target.wordSize; i++) {
      assertEquals(0, elf.bytes[shoff + i]);
    }
    assertTrue(elf.bytes.length < usual.bytes.length - usual.sections.size() * 40L);
    Path o = w.c("o", "int x;");
    w.jld("-m", target.emulation, "-r", "-z", "nosectionheader", o)
        .failed("-r and -z nosectionheader may not be used together");
  }

  @ParameterizedTest
  @EnumSource
  void spareDynamicTags(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("lib", "int f(void) { return 1; }", "-fPIC");
    Object[] link = {"-m", target.emulation, "-shared", o};
    long[] none = w.jld(link, "--spare-dynamic-tags=0").silent().elf().words(".dynamic");
    long[] some = w.jld(link, "--spare-dynamic-tags=7").silent().elf().words(".dynamic");
    assertEquals(none.length + 14, some.length);
    for (int i = none.length - 2; i < some.length; i++) {
      assertEquals(0, some[i], "DT_NULL");
    }
    int least = w.ld(link, "--spare-dynamic-tags=0").elf().words(".dynamic").length;
    assertEquals(least + 14, w.ld(link, "--spare-dynamic-tags=7").elf().words(".dynamic").length);
    w.jld(link, "--spare-dynamic-tags=x").failed("invalid count for --spare-dynamic-tags 'x'");
    w.jld(link, "--spare-dynamic-tags=65536").failed("65536 is more than 65535");
    assertNotNull(runs(w, "-Wl,--spare-dynamic-tags=3"));
  }
}
