package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands of a linker script that say something of the link as a whole. */
class ScriptCommandsTest {
  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    Tools.need("ld");
    return new Workbench(dir, target);
  }

  /** {@code STARTUP}: the file's sections come first. */
  @ParameterizedTest
  @EnumSource
  void startup(Target target) {
    Workbench w = workbench(target);
    Path first = w.asm("first", ".globl _start\n.byte 1, 1\n_start: .byte 2\n");
    Path second = w.asm("second", ".globl second\nsecond: .byte 3\n");
    String layout = "SECTIONS { .text 0x10000 : SUBALIGN(1) { *(.text) } }";
    Path script = w.file("startup.ld", "STARTUP(" + first + ")\n" + layout);
    Object[] args = {"-m", w.target.emulation, second, "-T", script};
    ElfImage expected = ElfImage.read(w.ld(args).output());
    ElfImage actual = ElfImage.read(w.jld(args).ok().output());
    assertEquals(0x10002, actual.symbol("_start").value());
    assertArrayEquals(expected.content(".text"), actual.content(".text"));
    Path twice = w.file("twice.ld", "STARTUP(" + first + ")\nSTARTUP(" + second + ")\n" + layout);
    w.jld("-m", w.target.emulation, "-T", twice).failed("twice.ld:2:1: STARTUP stands there twice");
    Path none = w.file("none.ld", "STARTUP(none.o)\n" + layout);
    w.jld("-m", w.target.emulation, "-T", none).failed("cannot find none.o");
  }

  /** {@code OUTPUT}: the output's name, unless {@code -o} says another one. */
  @ParameterizedTest
  @EnumSource
  void output(Target target) throws IOException {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: nop\n");
    Path named = dir.resolve("named");
    Path map = dir.resolve("map");
    Path script = w.file("output.ld", "OUTPUT(" + named + ")");
    assertEquals(0, w.jldTo(dir.resolve("option"), "-T", script, o).status());
    assertTrue(Files.exists(dir.resolve("option")));
    assertFalse(Files.exists(named));
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] line = {"-T", script.toString(), o.toString(), "-Map", map.toString()};
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    assertEquals(0, Main.run(line, stream, stream), () -> err.toString(StandardCharsets.UTF_8));
    assertTrue(Files.isExecutable(named));
    assertFalse(Files.exists(Path.of("a.out")));
    assertTrue(Files.readString(map).contains("OUTPUT(" + named + " "), "the map names it");
    assertArrayEquals(Files.readAllBytes(dir.resolve("option")), Files.readAllBytes(named));
  }

  /** {@code OUTPUT_FORMAT(binary)} is {@code --oformat binary}, which comes before it. */
  @ParameterizedTest
  @EnumSource
  void binary(Target target) throws IOException {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: .long there\n.data\nthere: .long 7\n");
    String layout =
        "SECTIONS { .text 0x7c00 : { *(.text) } .data : ALIGN(64) { *(.data) SHORT(0xaa55) } }";
    Path script = w.file("binary.ld", "OUTPUT_FORMAT(binary)\n" + layout);
    Path plain = w.file("plain.ld", layout);
    Object[] m = {"-m", w.target.emulation};
    byte[] expected = Files.readAllBytes(w.ld(m, "-T", script, o).output());
    assertArrayEquals(expected, Files.readAllBytes(w.jld(m, "-T", script, o).output()));
    Path option = w.jld(m, "--oformat", "binary", "-T", plain, o).output();
    assertArrayEquals(expected, Files.readAllBytes(option));
    w.jld(m, "-r", "-T", script, o).failed("-r and --oformat binary may not be used together");
  }

  /** {@code INHIBIT_COMMON_ALLOCATION} is {@code --no-define-common}. */
  @ParameterizedTest
  @EnumSource
  void commons(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".comm cc,4,4\n.globl user\nuser: nop\n");
    Path script = w.file("inhibit.ld", "INHIBIT_COMMON_ALLOCATION");
    w.jld("-m", w.target.emulation, "-T", script, o)
        .failed("INHIBIT_COMMON_ALLOCATION may not be used without -shared");
    Path lib =
        w.jldTo(dir.resolve("lib.so"), "-m", w.target.emulation, "-shared", "-T", script, o)
            .output();
    ElfImage elf = ElfImage.read(lib);
    assertTrue(
        elf.symbols(".dynsym").stream().noneMatch(s -> s.name().equals("cc") && s.shndx() != 0));
    assertTrue(
        elf.symbols(".dynsym").stream().anyMatch(s -> s.name().equals("user") && s.shndx() != 0));
  }

  /** {@code --print-memory-usage}: GNU ld's table, byte for byte. */
  @ParameterizedTest
  @EnumSource
  void memoryUsage(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: .skip 1000\n.data\n.skip 2048\n");
    String sections = " SECTIONS { .text : { *(.text) } >a .data : { *(.data) } >b }";
    String[] memories = {
      "MEMORY { a : ORIGIN = 0x1000, LENGTH = 1M b : ORIGIN = 0x200000, LENGTH = 2K }",
      "MEMORY { a : ORIGIN = 0, LENGTH = 3G b : ORIGIN = 0xc0000000, LENGTH = 1000M + 1\n"
          + "a_region_with_a_long_name : ORIGIN = 0, LENGTH = 0 }",
      "MEMORY { a : ORIGIN = 0, LENGTH = 3001 b : ORIGIN = 0x10000, LENGTH = 1023 }",
    };
    for (String memory : memories) {
      Path script = w.file("usage.ld", memory + sections);
      Object[] args = {"-m", w.target.emulation, "--print-memory-usage", "-T", script, o};
      Linked expected = w.ld(args);
      Linked actual = w.jld(args);
      assertEquals(expected.out(), actual.out());
      assertEquals(expected.status(), actual.status());
    }
    Object[] plain = {"-m", w.target.emulation, "--print-memory-usage", o};
    assertEquals(w.ld(plain).out(), w.jld(plain).out());
  }
}
