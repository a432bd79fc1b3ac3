package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Addresses that are asked for, and outputs that are not loaded by pages. */
class LayoutOptionsTest {
  @TempDir Path dir;

  private static final String PROGRAM =
      """
      #include <stdio.h>
      #include <string.h>
      int data = 5, bss[3000];
      const char text[] = "read only";
      __thread int tls = 3, tls_zero[4];
      int other_zero __attribute__((section("more_zero,\\"aw\\",@nobits#")));
      const char *const relro[2] = {text, "other"};
      __attribute__((constructor)) static void start(void) { bss[2999] = data; }
      int main(void) {
        data += tls++ + tls_zero[3];
        printf("%d %d %d %s %s\\n", data, tls, bss[2999], relro[0], relro[1]);
        return (int) strlen(text);
      }
      """;

  /** The kernel and the loader have to find everything, and the file may not have the gaps. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --section-start=.rodata=0x20000000
          --section-start=.rodata=0x20000000 -z noseparate-code
          -Ttext=0x30000000
          -Tdata=0x20000000
          -Tdata=0x20000000 -Tbss=0x28000000
          -Ttext=0x30000000 -Tdata=0x28000000 -Tbss=0x21000000
          -Trodata-segment=0x20000000
          -Ttext-segment=0x20000000 --section-start=.init_array=0x31000000
          --section-start=.tdata=0x20000000
          --section-start=.got=0x20000ff0 -z now
          --section-start=.dynamic=0x20000000
          --section-start=.init=0x20000000 --section-start=.fini=0x21000000
          --section-start=.interp=0x20000000 --section-start=.dynsym=0x20100000
          -Tbss=0x20000000 --section-start=more_zero=0x20100000
          """)
  void placed(String options) {
    for (Target target : Target.values()) {
      Tools.needC(target);
      Workbench w = new Workbench(dir, target);
      List<String> wl = new ArrayList<>();
      for (String o : options.split(" ")) {
        wl.addAll(List.of("-Xlinker", o));
      }
      Path o = w.c("main" + target, PROGRAM, "-fPIC");
      for (String kind : List.of("-no-pie", "-pie", "-static")) {
        if (kind.equals("-static") && options.contains("dyn")) {
          continue;
        }
        Linked plain = w.gcc(kind, o);
        Linked x = w.gcc(kind, o, wl).silent();
        Proc run = x.run();
        assertEquals(plain.run().out(), run.out(), () -> x + "\n" + run);
        assertEquals(9, run.status(), () -> x + "\n" + run);
        assertSound(x.elf());
        assertTrue(x.elf().bytes.length < plain.elf().bytes.length + 0x8000, x::toString);
        for (String asked : options.split(" ")) {
          if (asked.startsWith("--section-start=")) {
            String[] parts = asked.split("=");
            if (x.elf().hasSection(parts[1])) {
              assertEquals(Long.decode(parts[2]), x.elf().section(parts[1]).addr());
            }
          }
        }
      }
    }
  }

  /** gABI: PT_LOADs ascend, are congruent, lie in the file, and share no page. */
  private static void assertSound(ElfImage elf) {
    long end = 0;
    for (ElfImage.Segment s : elf.segments) {
      if (s.type() == 1) {
        assertTrue(Long.compareUnsigned(s.addr() & -4096, end) >= 0, s::toString);
        assertEquals(0, (s.addr() - s.offset()) % s.align(), s::toString);
        assertTrue(s.offset() + s.filesz() <= elf.bytes.length && s.filesz() <= s.memsz());
        end = (s.addr() + s.memsz() + 4095) & -4096;
      }
    }
    for (ElfImage.Section s : elf.sections) {
      boolean tbss = s.type() == 8 && (s.flags() & 0x400) != 0;
      if ((s.flags() & 2) != 0 && s.size() > 0 && !tbss) {
        assertTrue(
            elf.segments.stream()
                .anyMatch(
                    g ->
                        g.type() == 1
                            && g.addr() <= s.addr()
                            && s.addr() + s.size() <= g.addr() + g.memsz()
                            && (s.type() == 8 || s.offset() - g.offset() == s.addr() - g.addr())),
            s::toString);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void overlaps(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("a", "int data = 1, bss; int main(void) { return data + bss; }", "-fno-pic");
    Object[] line = {"-m", target.emulation, "-e", "main", o, "-Ttext=0x9000000"};
    w.jld(line, "-Tdata=0x9000001")
        .failed("section .data LMA [0x9000001, ", "overlaps section .text LMA");
    w.jld(line, "-Tbss=0x9000004").failed("section .bss VMA", "overlaps section .text");
    // sections that begin at one address are overlays; and the headers get a page before .data
    w.jld(line, "-Tbss=0x9000000").ok().silent();
    w.jld(line, "-Tdata=" + (target == Target.AMD64 ? "0x400010" : "0x8048010")).ok().silent();
    w.jld(line, "-Tdata=0x9001000").ok().silent();
    w.jld(line, "--section-start=.data=0xfffffffffffffffe").failed("address space");
    if (target == Target.X86) {
      w.jld(line, "--section-start=.data=0xfffffffffffffff0").failed("address space");
    }
    Path tls = w.c("t", "__thread int t; int main(void) { return t; }", "-fno-pic");
    w.jld("-m", target.emulation, "-e", "main", tls, "--section-start=.tbss=0x1000")
        .failed("section .tbss has no address");
  }

  /**
   * A page has one set of rights, and the file stands as memory does: in one segment, or nothing
   * works.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -Ttext=0x30000010 -Tdata=0x30000c00 -Tbss=0x30008000
          -Tdata=0x30000010 -Ttext=0x30000c00 -Tbss=0x30008000
          -Tbss=0x30001010 -Tdata=0x30003fa0
          -Ttext=0x30000010 --section-start=.fini=0x30000f00 -Tdata=0x30000c00 -Tbss=0x30008000
          -Ttext=0x30000010 --section-start=.init_array=0x30000d00 --section-start=.tdata=0x30008000
          --section-start=.init_array=0x30000010 -Ttext=0x30000c00
          --section-start=.got=0x30000010 -Tdata=0x30000200 -z now
          --section-start=.tdata=0x30000010 -Tdata=0x30000c00 -Tbss=0x30008000
          --section-start=.rodata=0x30000010 -Tdata=0x30000400 -Tbss=0x30008000
          -Ttext=0x30000010 -Tdata=0x30000c00 -Tbss=0x30008000 -z noseparate-code
          -Tdata=0x30000010 -Ttext=0x30000c00 -Tbss=0x30008000 -z noseparate-code -z norelro
          -Ttext=0x30000010 -Tdata=0x30008c00 -z max-page-size=0x10000
          """)
  void onOnePage(String options) {
    for (Target target : Target.values()) {
      Tools.needC(target);
      Workbench w = new Workbench(dir, target);
      List<String> wl = new ArrayList<>();
      for (String o : options.split(" ")) {
        wl.addAll(List.of("-Xlinker", o));
      }
      Path o = w.c("main" + target, PROGRAM, "-fPIC");
      for (String kind : List.of("-no-pie", "-pie", "-static")) {
        if (kind.equals("-static") && !options.contains(".got")) {
          continue; // its sections are larger than a page
        }
        Linked x = w.gcc(kind, o, wl).silent();
        Proc run = x.run();
        assertEquals("8 4 5 read only other\n", run.out(), () -> x + "\n" + run);
        assertEquals(9, run.status(), () -> x + "\n" + run);
        assertSound(x.elf());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void onThePageOfTheHeaders(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String base = target == Target.AMD64 ? "0x400" : "0x8048";
    Path o = w.c("a", exits(target), "-fno-pic", "-O1", "-fno-asynchronous-unwind-tables");
    for (String options :
        List.of(
            "-Ttext=" + base + "800",
            "-Tdata=" + base + "900",
            "-Ttext=" + base + "800 -Tdata=" + base + "a00",
            "-Tdata=" + base + "800 -Ttext=" + base + "a00 -z noseparate-code")) {
      Linked x = w.jld("-m", target.emulation, o, options.split(" ")).silent();
      assertEquals(12, x.run().status(), options);
      assertSound(x.elf());
    }
  }

  private static String exits(Target target) {
    String exit =
        target == Target.AMD64
            ? "\"syscall\" : : \"a\"(60), \"D\"(data)"
            : "\"int $0x80\" : : \"a\"(1), \"b\"(data)";
    return ALONE.replace("EXIT", exit);
  }

  private static final String ALONE =
      """
      int data = 5, bss[10];
      const int ro = 7;
      static int far(int x) { return x + ro; }
      void _start(void) {
        data = far(data) + bss[2];
        __asm__ volatile(EXIT);
      }
      """;

  @ParameterizedTest
  @EnumSource
  void notByPages(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("a", exits(target), "-fno-pic", "-O1", "-fno-asynchronous-unwind-tables");
    for (String option : List.of("-N", "-n", "-N -Ttext=0x407c00", "-n -Tdata=0x9000000")) {
      Object[] line = {"-m", target.emulation, o, List.of(option.split(" "))};
      Linked x = w.jld(line).silent();
      assertEquals(12, x.run().status(), x::toString);
      ElfImage elf = x.elf();
      ElfImage theirs = w.ld(line).elf();
      assertEquals(theirs.section(".text").flags(), elf.section(".text").flags());
      for (String s : List.of(".text", ".rodata")) {
        assertEquals(theirs.section(s).addr(), elf.section(s).addr(), option + s);
      }
      if (option.contains("N") || option.contains("data")) {
        assertEquals(theirs.section(".data").addr(), elf.section(".data").addr(), option);
      } else {
        assertEquals(0, elf.section(".data").addr() % 4096);
      }
      List<ElfImage.Segment> loads = elf.segments.stream().filter(s -> s.type() == 1).toList();
      assertEquals(option.contains("data") ? 2 : 1, loads.size(), loads::toString);
      assertEquals(option.contains("data") ? 5 : 7, loads.getFirst().flags());
      assertEquals(elf.section(".text").addr(), loads.getFirst().addr());
      assertTrue(elf.segment(ElfImage.SegmentType.RELRO) == null);
    }
    assertTrue(w.jld("-m", target.emulation, o, "-N").elf().bytes.length < 2000);
    assertArrayEquals(
        w.jld("-m", target.emulation, o).elf().bytes,
        w.jld("-m", target.emulation, o, "-N", "--no-omagic").elf().bytes);
    // what is copied to memory from a flat file has no gaps either
    Linked flat = w.jld("-m", target.emulation, o, "-N", "-Ttext=0x7c00", "--oformat", "binary");
    Linked expected = w.ld("-m", target.emulation, o, "-N", "-Ttext=0x7c00", "--oformat", "binary");
    assertEquals(0, flat.status(), flat::toString);
    assertEquals(expected.output().toFile().length(), flat.output().toFile().length());
    // the order of addresses is not that of the sections
    Linked x = w.jld("-m", target.emulation, o, "-N", "-Tdata=0x40f010", "-Ttext=0x40f800");
    assertEquals(12, x.run().status(), x::toString);
  }

  /** Where a loader or the program itself reads the headers, they are loaded, as lld has it. */
  @ParameterizedTest
  @EnumSource
  void notByPagesButWithHeaders(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    for (String option : List.of("-N", "-n", "--omagic", "--nmagic")) {
      List<String> wl = List.of("-Xlinker", option, "-Wl,-Bdynamic");
      for (String mode : List.of("-static", "-static-pie", "-pie", "-no-pie")) {
        Path o = w.c("main", PROGRAM, mode.equals("-static") ? "-fno-pic" : "-fpie");
        Proc run = w.gcc(mode, wl, o).silent().run();
        assertEquals("8 4 5 read only other\n", run.out(), () -> option + mode + run);
      }
      Path lib = w.c("lib", "int v = 3; int f(void) { return v++; }", "-fPIC");
      Path user =
          w.c("user", "extern int v; int f(void); int main(void) { return f() + 2 * v; }", "-fpie");
      Linked library = w.gcc("-shared", wl, lib).silent();
      assertEquals(11, w.gcc("-pie", user, library.ok().output()).run().status(), option);
    }
    String source = "extern char __ehdr_start; void *_start = &__ehdr_start;";
    Path header = w.c("h", source, "-fno-pic");
    String far = "-Tdata=0x20000010";
    for (List<String> options : List.of(List.of("-N"), List.of("-n"), List.of("-N", far))) {
      ElfImage elf = w.jld("-m", target.emulation, header, options).silent().elf();
      long ehdr = elf.wordAt(elf.symbol("_start").value());
      assertEquals(elf.symbol("__ehdr_start").value(), ehdr);
      assertEquals(0x464c457f, (int) elf.wordAt(ehdr), options::toString);
    }
  }
}
