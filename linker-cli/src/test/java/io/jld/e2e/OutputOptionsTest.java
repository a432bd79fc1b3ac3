package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Executable stacks, compressed debug sections, relocations in the output, libraries that are
 * passed over.
 */
class OutputOptionsTest {
  @TempDir Path dir;

  private static final String NOTE = ".section .note.GNU-stack,\"FLAGS\",@progbits\n";

  private static int stack(Linked linked) {
    return linked.elf().segment(ElfImage.SegmentType.STACK).flags();
  }

  @ParameterizedTest
  @EnumSource
  void executableStack(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path plain = w.asm("plain", ".globl _start\n_start: ret\n" + NOTE.replace("FLAGS", ""));
    Path none = w.asm("none", "f: ret\n");
    Path exec = w.asm("exec", "g: ret\n" + NOTE.replace("FLAGS", "x"));
    Object[] line = {"-m", target.emulation, plain};
    assertEquals(6, stack(w.jld(line).silent()));
    assertEquals(
        7,
        stack(
            w.jld(line, none)
                .says("none.o: missing .note.GNU-stack section implies executable stack")));
    assertEquals(7, stack(w.jld(line, none, "--no-warn-execstack").silent()));
    assertEquals(7, stack(w.jld(line, none, exec).says("exec.o: requires executable stack")));
    assertEquals(6, stack(w.jld(line, none, exec, "-z", "noexecstack").silent()));
    assertEquals(7, stack(w.jld(line, "-z", "execstack").silent()));
    assertEquals(
        7,
        stack(w.jld(line, "-z", "execstack", "--warn-execstack").says("because of -z execstack")));
    w.jld(line, none, "--fatal-warnings").failed("missing .note.GNU-stack");
    Linked silent = w.jld("-m", target.emulation, "-e", "0", none).silent();
    assertNull(
        silent.elf().segment(ElfImage.SegmentType.STACK),
        "no object says anything, nor does the output");
  }

  private static final String PROGRAM =
      """
      #include <stdio.h>
      #include <string.h>
      struct pair { int left; char *right; };
      static int length(struct pair *x) { return x->left + strlen(x->right); }
      int main(void) { struct pair p = {1, "x"}; printf("%d\\n", length(&p)); return 0; }
      """;

  @ParameterizedTest
  @EnumSource
  void compressedDebugSections(Target target) {
    Tools.needC(target);
    Tools.need("readelf");
    Workbench w = new Workbench(dir, target);
    Path o = w.c("a", PROGRAM, "-g");
    Linked small =
        w.sameAsLd("gcc", o, "-Wl,--compress-debug-sections=zlib,--build-id=none").silent();
    Linked plain = w.gcc(o, "-Wl,--build-id=none").silent();
    assertEquals(0x800, small.elf().section(".debug_info").flags() & 0x800);
    assertTrue(
        small.elf().section(".debug_info").size() < plain.elf().section(".debug_info").size());
    for (String table : List.of("info", "abbrev", "rawline", "aranges", "str")) {
      assertEquals(dump(plain, table), dump(small, table));
    }
    Linked again =
        w.gcc(o, "-Wl,--compress-debug-sections=zlib,--build-id=none,--threads=1").silent();
    assertEquals(List.of(), differences(small.elf().bytes, again.elf().bytes));
  }

  /** objcopy decompresses what it knows; libzstd has to be there as well. */
  @ParameterizedTest
  @EnumSource
  void zstdOutput(Target target) {
    Tools.needC(target);
    Tools.need("readelf", "objcopy");
    Workbench w = new Workbench(dir, target);
    Path o = w.c("a", PROGRAM, "-g");
    Linked small = w.gcc(o, "-Wl,--compress-debug-sections=zstd,--build-id=none");
    assumeTrue(!small.err().contains("libzstd.so.1, which is not here"), small::err);
    Linked plain = w.gcc(o, "-Wl,--build-id=none").silent();
    ElfImage.Section info = small.silent().elf().section(".debug_info");
    assertEquals(0x800, info.flags() & 0x800);
    assertEquals(2, small.elf().bytes[(int) info.offset()], "ELFCOMPRESS_ZSTD");
    assertTrue(info.size() < plain.elf().section(".debug_info").size());
    Path again = dir.resolve("again");
    Proc p =
        Proc.run(
            dir,
            List.of(
                "objcopy",
                "--decompress-debug-sections",
                small.output().toString(),
                again.toString()));
    assumeTrue(p.status() == 0, p::err);
    for (String section : List.of(".debug_info", ".debug_str", ".debug_line")) {
      assertArrayEquals(
          plain.elf().content(section), ElfImage.read(again).content(section), section);
    }
    assertEquals(plain.run().out(), small.run().out());
  }

  /** objcopy compresses where the compiler is too old to; libzstd has to be there as well. */
  @ParameterizedTest
  @EnumSource
  void zstdInput(Target target) {
    Tools.needC(target);
    Tools.need("readelf", "objcopy");
    Workbench w = new Workbench(dir, target);
    Path o = w.c("a", PROGRAM, "-g");
    Path small = dir.resolve("small.o");
    Proc p =
        Proc.run(
            dir,
            List.of("objcopy", "--compress-debug-sections=zstd", o.toString(), small.toString()));
    assumeTrue(p.status() == 0, p::err);
    Linked linked = w.gcc(small, "-Wl,--build-id=none");
    assumeTrue(!linked.err().contains("libzstd.so.1 is not here"), linked::err);
    Linked plain = w.gcc(o, "-Wl,--build-id=none").silent();
    assertEquals(List.of(), differences(plain.elf().bytes, linked.silent().elf().bytes));
  }

  private static List<Integer> differences(byte[] a, byte[] b) {
    int at = java.util.Arrays.mismatch(a, b);
    return at < 0 ? List.of() : List.of(at);
  }

  private String dump(Linked linked, String table) {
    return Proc.run(dir, List.of("readelf", "--debug-dump=" + table, linked.output().toString()))
        .ok()
        .out();
  }

  @ParameterizedTest
  @EnumSource
  void relocationsInTheOutput(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "a",
            "int zero, data = 5; static int own = 6; int *p = &data, *q = &own; extern char *s; int"
                + " main(void) { return *p + *q; }",
            "-g",
            "-fno-pic");
    Linked x = w.jld("-q", "-e", "main", "-m", target.emulation, o).silent();
    ElfImage elf = x.elf();
    String prefix = target == Target.AMD64 ? ".rela" : ".rel";
    ElfImage.Section of = elf.section(".data");
    ElfImage.Section relocs = elf.section(prefix + ".data");
    assertEquals(elf.sections.indexOf(of), relocs.info());
    assertEquals(elf.sections.indexOf(elf.section(".symtab")), relocs.link());
    List<ElfImage.Symbol> symbols = elf.symbols();
    for (ElfImage.Reloc r : elf.relocs(prefix + ".data")) {
      assertTrue(of.holds(r.offset()));
      if (target == Target.AMD64) {
        assertEquals(elf.wordAt(r.offset()), symbols.get(r.symbol()).value() + r.addend());
      }
    }
    assertTrue(
        elf.relocs(prefix + ".data").stream()
            .anyMatch(r -> symbols.get(r.symbol()).name().equals("data")));
    assertTrue(elf.hasSection(prefix + ".debug_info"));
    w.jld("-q", "-s", "-e", "main", "-m", target.emulation, o)
        .failed("--emit-relocs and --strip-all");
    w.sameAsLd("gcc", w.c("b", PROGRAM, "-g"), "-Wl,-q,--compress-debug-sections=zlib").silent();
  }

  @ParameterizedTest
  @EnumSource
  void librariesForOtherMachines(Target target) throws Exception {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Workbench other =
        new Workbench(java.nio.file.Files.createDirectories(dir.resolve("other")), target.other());
    Path main = w.c("main", "int f(void); int main(void) { return f(); }", "-fno-pic");
    w.archive("libf.a", w.c("f", "int f(void) { return 0; }", "-fno-pic"));
    other.archive("libf.a", other.c("f", "int f(void) { return 0; }", "-fno-pic"));
    Object[] line = {
      "-e", "main", "-m", target.emulation, main, "-L" + other.dir, "-L" + w.dir, "-lf"
    };
    w.jld(line)
        .ok()
        .says("skipping incompatible " + other.dir.resolve("libf.a") + " when searching for -lf");
    w.jld(line, "--no-warn-search-mismatch").ok().silent();
    Linked none = w.jld("-m", target.emulation, main, "-L" + other.dir, "-lf");
    none.failed("cannot find -lf");
    assertTrue(
        none.err().indexOf("skipping incompatible") < none.err().indexOf("cannot find"),
        none::toString);
  }
}
