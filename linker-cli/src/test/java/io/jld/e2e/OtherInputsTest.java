package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Inputs that are no objects to be linked: data ({@code -b binary}) and symbols ({@code -R}). */
class OtherInputsTest {
  @TempDir Path dir;

  private static String format(Target target) {
    return target == Target.AMD64 ? "elf64-x86-64" : "elf32-i386";
  }

  private static Map<String, String> symbols(ElfImage elf, String part) {
    Map<String, String> found = new TreeMap<>();
    for (ElfImage.Symbol s : elf.symbols()) {
      if (s.name().contains(part)) {
        boolean abs = s.shndx() == 0xfff1;
        long value = abs ? s.value() : s.value() - elf.sections.get(s.shndx()).addr();
        String section = abs ? "ABS" : elf.sections.get(s.shndx()).name();
        found.put(s.name(), section + "+" + value + " " + s.type() + s.bind() + s.size());
      }
    }
    return found;
  }

  @ParameterizedTest
  @EnumSource
  void data(Target target) throws Exception {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    byte[] bytes = new byte[5001];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 7 + i / 256);
    }
    Path data = Files.write(dir.resolve("da-ta.1_x"), bytes);
    String name = "_binary_" + data.toString().replaceAll("[^A-Za-z0-9]", "_");
    Path o =
        w.c(
            "main",
            """
            #include <stdio.h>
            extern unsigned char NAME_start[], NAME_end[], NAME_size[];
            int main(void) {
              unsigned sum = 0;
              for (unsigned char *p = NAME_start; p < NAME_end; p++) sum = sum * 31 + *p;
              printf("%u %ld %ld\\n", sum, (long) (NAME_end - NAME_start), (long) NAME_size);
              NAME_start[0] = 1;
              return 0;
            }
            """
                .replace("NAME", name),
            "-fno-pic");
    String[] around = {"-Wl,-b,binary", data.toString(), "-Wl,--format=" + format(target)};
    Linked x = w.sameAsLd("gcc", "-no-pie", o, around).silent();
    assertTrue(x.run().out().endsWith(" 5001 5001\n"));
    Path theirs = dir.resolve("theirs");
    Proc.run(dir, Workbench.strings("ld", w.commandLine("gcc", "-no-pie", o, around), "-o", theirs))
        .ok();
    assertEquals(
        List.of(name + "_end", name + "_size", name + "_start"),
        List.copyOf(symbols(x.elf(), "_binary_").keySet()));
    assertEquals(
        symbols(ElfImage.read(theirs), "_size").get(name + "_size"),
        symbols(x.elf(), "_size").get(name + "_size"));
    // neither an executable stack nor a mark that is lost
    assertEquals(6, x.elf().segment(ElfImage.SegmentType.STACK).flags());
    Path marked = w.c("marked", "void _start(void) {}", "-fcf-protection");
    Linked ibt = w.jld("-m", target.emulation, marked, "-b", "binary", data).silent();
    assertTrue(ibt.elf().segment(ElfImage.SegmentType.PROPERTY) != null);
  }

  @ParameterizedTest
  @EnumSource
  void dataAsAnObject(Target target) throws Exception {
    Tools.need("ld");
    Workbench w = new Workbench(dir, target);
    Path data = Files.write(dir.resolve("data"), new byte[] {1, 2, 3});
    Path empty = Files.write(dir.resolve("nothing"), new byte[0]);
    Object[] line = {"-r", "-m", target.emulation, "-b", "binary", data, empty};
    Linked ours = w.jld(line);
    assertEquals(0, ours.status(), ours::toString);
    ElfImage elf = ElfImage.read(ours.output());
    assertEquals(target.machine, elf.machine);
    assertArrayEquals(new byte[] {1, 2, 3}, elf.content(".data"));
    assertEquals(symbols(ElfImage.read(w.ld(line).output()), "_binary"), symbols(elf, "_binary"));
    w.jld("-r", "-b", "binary", data, data).failed("multiple definition of '_binary_");
    w.jld("-r", "-b", "srec", data).failed("input format 'srec' is not supported");
    w.jld("-r", "-b", "binary", "-lc").failed("'-l c' after --format=binary");
    w.jld("-r", "-b", "binary", dir.resolve("absent")).failed("No such file");
    if (target == Target.X86) {
      try (var sparse = new java.io.RandomAccessFile(data.toFile(), "rw")) {
        sparse.setLength(5L << 30);
      }
      w.jld(line).failed("file is too large for a section");
    }
  }

  /** A plug-in that is bound to the executable which loads it, as it lies in memory. */
  @ParameterizedTest
  @EnumSource
  void symbolsOfAnExecutable(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path host =
        w.c(
            "host",
            """
            #include <dlfcn.h>
            #include <stdio.h>
            int host_counter = 5;
            int host_add(int x) { return host_counter += x; }
            int main(int argc, char **argv) {
              void *plugin = dlopen(argv[1], RTLD_NOW);
              if (!plugin) { puts(dlerror()); return 1; }
              int (*run)(void) = (int (*)(void)) dlsym(plugin, "run");
              int result = run();
              printf("%d %d\\n", result, host_counter);
              return 0;
            }
            """,
            "-fno-pic");
    Path plugin =
        w.c(
            "plugin",
            """
            extern int host_counter, host_add(int);
            int *where = &host_counter;
            int run(void) { return host_add(10) + *where + (where == &host_counter); }
            """,
            "-fPIC");
    Path program = d.dir("jld").resolve("host");
    d.linkWith("jld", "gcc", program, "-no-pie", host, "-ldl").silent();
    for (String linker : List.of("jld", "ld")) {
      Path lib = d.dir(linker).resolve("plugin.so");
      d.linkWith(linker, "gcc", lib, "-shared", plugin, "-Wl,-R," + program);
      Proc p = Proc.run(dir, List.of(program.toString(), lib.toString()));
      assertEquals("31 15\n", p.ok().out(), linker);
    }
    ElfImage lib = ElfImage.read(d.dir("jld").resolve("plugin.so"));
    assertEquals(
        ElfImage.read(program).symbol("host_counter").value(), lib.symbol("host_counter").value());
    assertEquals(0xfff1, lib.symbol("host_add").shndx());
    assertFalse(lib.hasSymbol("_end") && lib.symbol("_end").shndx() == 0xfff1);
  }

  @ParameterizedTest
  @EnumSource
  void whichDefinitionOfASymbol(Target target) throws Exception {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path base =
        w.c(
            "base",
            "int data = 1; int main(void) { return data; } int f(void) { return 0; }",
            "-fno-pic");
    Linked exe = w.jld("-m", target.emulation, "-e", "main", base).ok();
    Path own = w.c("own", "int data = 2; int main(void) { return data; }", "-fno-pic");
    long theirs = exe.elf().symbol("data").value();
    Object[] options = {"-m", target.emulation, "-e", "main"};
    Linked first = w.jld(options, "--just-symbols=" + exe.output(), own).silent();
    assertEquals(theirs, first.elf().symbol("data").value());
    assertEquals(0xfff1, first.elf().symbol("data").shndx());
    Linked last = w.jld(options, own, "-R", exe.output()).silent();
    assertEquals(
        w.ld(options, own, "-R", exe.output()).elf().symbol("f").value(),
        last.elf().symbol("f").value());
    assertTrue(last.elf().symbol("data").shndx() < 0xff00);
    w.jld(options, "-R", exe.output(), own, "--disable-multiple-abs-defs")
        .failed("multiple definition of 'data'", exe.output().toString());
    // a directory is a run path still; a damaged file, a library, and one without symbols are
    // errors
    w.jld(options, own, "-R", dir).silent().ok();
    Linked so = w.jld("-m", target.emulation, "-shared", w.c("so", "int x;", "-fPIC")).ok();
    w.jld(options, own, "-R", so.output()).failed("--just-symbols", so.output().toString());
    Linked stripped = w.jld(options, "-s", base).ok();
    w.jld(options, own, "-R", stripped.output()).failed("no symbol table");
    byte[] bytes = Files.readAllBytes(exe.output());
    for (int cut = 0; cut < bytes.length; cut += 97) {
      Path damaged = Files.write(dir.resolve("damaged"), Arrays.copyOf(bytes, cut));
      assertEquals(1, w.jld(options, own, "-R", damaged).says().status());
    }
    for (int i = 0; i < 400; i++) {
      byte[] b = bytes.clone();
      b[(i * 7919) % 64] ^= (byte) (1 + i % 255);
      b[(i * 104729) % bytes.length] ^= (byte) 0xff;
      w.jld(options, own, "-R", Files.write(dir.resolve("damaged"), b)).says();
    }
  }
}
