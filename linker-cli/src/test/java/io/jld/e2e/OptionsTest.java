package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.ElfImage.SegmentType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Options that change the output's headers, layout and notes. */
class OptionsTest {
  @TempDir Path dir;

  private static final String START =
      "int data = 1, zero[10]; const int ro = 3; int *const relro = &data; void _start(void) {"
          + " data++; for (;;) {} }";

  private Path start(Workbench w) {
    Tools.need("gcc", "ld");
    return w.c("start", START, "-fpie");
  }

  @ParameterizedTest
  @CsvSource({
    "AMD64,md5,16",
    "AMD64,sha1,20",
    "AMD64,sha256,32",
    "AMD64,fast,16",
    "AMD64,uuid,16",
    "X86,md5,16",
    "X86,sha1,20",
    "X86,fast,16",
    "X86,uuid,16"
  })
  void buildId(Target target, String style, int bytes) throws IOException {
    Workbench w = new Workbench(dir, target);
    Path o = start(w);
    ElfImage elf = w.jld("--build-id=" + style, o).silent().elf();
    byte[] note = elf.content(".note.gnu.build-id");
    assertEquals(16 + bytes, note.length);
    assertEquals(4, ByteBuffers.u32(note, 0));
    assertEquals(bytes, ByteBuffers.u32(note, 4));
    assertEquals(3, ByteBuffers.u32(note, 8), "NT_GNU_BUILD_ID");
    assertEquals("GNU\0", new String(note, 12, 4, StandardCharsets.US_ASCII));
    byte[] id = Arrays.copyOfRange(note, 16, note.length);
    assertFalse(Arrays.equals(new byte[bytes], id), "not all zeros");
    ElfImage.Section s = elf.section(".note.gnu.build-id");
    assertTrue(
        elf.segments.stream()
            .anyMatch(
                p ->
                    p.type() == 4
                        && p.addr() <= s.addr()
                        && s.addr() + s.size() <= p.addr() + p.memsz()),
        "lies in a PT_NOTE");
    byte[] again = w.jld("--build-id=" + style, o).elf().content(".note.gnu.build-id");
    byte[] other =
        w.jld("--build-id=" + style, "--defsym=more=1", o).elf().content(".note.gnu.build-id");
    assertEquals(!style.equals("uuid"), Arrays.equals(note, again), "of the same output the same");
    assertFalse(Arrays.equals(note, other), "of another output another");
  }

  @ParameterizedTest
  @EnumSource
  void otherBuildIds(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = start(w);
    byte[] note =
        w.jld("--build-id=0x0123456789abcdef", o).silent().elf().content(".note.gnu.build-id");
    assertEquals("0123456789abcdef", HexFormat.of().formatHex(note, 16, 24));
    assertEquals(32, w.jld("--build-id", o).elf().content(".note.gnu.build-id").length);
    assertFalse(w.jld("--build-id=none", o).elf().hasSection(".note.gnu.build-id"));
    assertFalse(w.jld("--build-id", "--build-id=none", o).elf().hasSection(".note.gnu.build-id"));
    assertFalse(w.jld(o).elf().hasSection(".note.gnu.build-id"));
    Linked unknown = w.jld("--build-id=sha3", o).says("warning:", "sha3");
    assertFalse(unknown.elf().hasSection(".note.gnu.build-id"));
  }

  @ParameterizedTest
  @EnumSource
  void layoutKeywords(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = start(w);
    ElfImage plain = w.jld(o).silent().elf();
    assertNotNull(plain.segment(SegmentType.RELRO));
    assertNull(w.jld("-z", "norelro", o).silent().elf().segment(SegmentType.RELRO));
    assertEquals(6, plain.segment(SegmentType.STACK).flags());
    assertEquals(7, w.jld("-z", "execstack", o).silent().elf().segment(SegmentType.STACK).flags());
    assertEquals(
        6,
        w.jld("-z", "execstack", "-z", "noexecstack", o).elf().segment(SegmentType.STACK).flags());
    assertEquals(
        0x200000,
        w.jld("-z", "stack-size=0x200000", o).silent().elf().segment(SegmentType.STACK).memsz());
    ElfImage large = w.jld("-z", "max-page-size=0x10000", o).silent().elf();
    for (ElfImage.Segment s : large.segments) {
      if (s.type() == 1) {
        assertEquals(0x10000, s.align());
        assertEquals(s.offset() % 0x10000, s.addr() % 0x10000);
      }
    }
    ElfImage together = w.jld("-z", "noseparate-code", o).silent().elf();
    assertTrue(together.bytes.length < plain.bytes.length);
    w.jld("-z", "now", "-z", "defs", "-z", "nodlopen", "-z", "origin", o).silent().ok();
    Linked unknown = w.jld("-z", "no-such-keyword", o);
    unknown.ok();
    unknown.says("warning:", "no-such-keyword");
  }

  /** Pages: no byte is both writable and executable, code shares no page with anything else. */
  @ParameterizedTest
  @EnumSource
  void segments(Target target) {
    Workbench w = new Workbench(dir, target);
    ElfImage elf = w.jld(start(w)).silent().elf();
    long end = 0;
    long fileEnd = 0;
    for (ElfImage.Segment s : elf.segments) {
      if (s.type() == 1) {
        assertNotEquals(3, s.flags() & 3, "writable and executable: " + s);
        assertEquals(s.offset() % s.align(), s.addr() % s.align());
        assertTrue(
            s.addr() / 4096 >= (end + 4095) / 4096, "shares a page with the segment before: " + s);
        if ((s.flags() & 1) != 0) {
          assertTrue(
              s.offset() / 4096 >= (fileEnd + 4095) / 4096, "code shares a page of the file: " + s);
        }
        end = s.addr() + s.memsz();
        fileEnd = s.offset() + s.filesz();
      }
    }
    ElfImage.Segment relro = elf.segment(SegmentType.RELRO);
    assertTrue(elf.section(".data.rel.ro").addr() >= relro.addr());
    assertEquals(0, (relro.addr() + relro.memsz()) % 4096, "the loader protects whole pages");
    assertTrue(elf.section(".data").addr() >= relro.addr() + relro.memsz());
    assertEquals(elf.symbol("data").value(), elf.wordAt(elf.symbol("relro").value()));
  }

  @ParameterizedTest
  @EnumSource
  void addresses(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = start(w);
    assertEquals(
        0x10000000,
        w.jld("-Ttext-segment=0x10000000", o).silent().elf().segments.getFirst().addr());
    w.jld("--image-base=0x7000100", o).failed("0x7000100");
    assertEquals(
        0x7000000, w.jld("--image-base=0x7000000", o).silent().elf().segments.getFirst().addr());
    assertEquals(
        0x9000000,
        w.jld("--section-start=.data=0x9000000", o).silent().elf().section(".data").addr());
    ElfImage text =
        w.jld("-Ttext=0x9100000", "-Tdata=0x9200000", "-Tbss=0x9300000", o).silent().elf();
    assertEquals(0x9100000, text.section(".text").addr());
    assertEquals(0x9200000, text.section(".data").addr());
    assertEquals(0x9300000, text.section(".bss").addr());
    for (ElfImage.Segment s : text.segments) {
      if (s.type() == 1) {
        assertEquals(s.offset() % s.align(), s.addr() % s.align(), s::toString);
      }
    }
  }

  /**
   * An object that does not say that it needs no executable stack gets one, as with GNU ld, which
   * warns.
   */
  @ParameterizedTest
  @EnumSource
  void executableStack(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = start(w);
    Path asks = w.asm("asks", ".section .note.GNU-stack,\"x\",@progbits\n");
    Linked x = w.jld(o, asks);
    assertEquals(7, x.elf().segment(SegmentType.STACK).flags());
    assertEquals(6, w.jld("-z", "noexecstack", o, asks).elf().segment(SegmentType.STACK).flags());
  }

  @ParameterizedTest
  @EnumSource
  void hashStyle(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("pie", "int main(void) { return 3; }", "-fpie");
    for (String style : new String[] {"gnu", "sysv", "both"}) {
      Linked x = w.sameAsLd("gcc", "-static-pie", "-Wl,--hash-style=" + style, o).silent();
      assertEquals(!style.equals("sysv"), x.elf().hasSection(".gnu.hash"), style);
      assertEquals(!style.equals("gnu"), x.elf().hasSection(".hash"), style);
      if (x.elf().hasSection(".hash")) {
        assertEquals(target == Target.X86 ? 4 : 8, x.elf().section(".hash").align());
      }
    }
    w.gcc("-static-pie", "-Wl,--hash-style=none", o).failed("none");
  }

  @ParameterizedTest
  @CsvSource({"AMD64,zlib", "AMD64,zlib-gnu", "AMD64,zstd", "X86,zlib", "X86,zlib-gnu"})
  void compressedDebugInformation(Target target, String form) {
    Tools.need("gcc", "ld");
    Workbench w = new Workbench(dir, target);
    String source =
        START
            + " static int twice(int i) { struct { int a, b; } s = {i, i}; return s.a + s.b; } int"
            + " (*p)(int) = twice;";
    Path plain = w.c("plain", source, "-g", "-fno-pie", "-gno-record-gcc-switches");
    Path compressed = dir.resolve("compressed.o");
    Proc p =
        Proc.run(
            dir,
            java.util.List.of(
                "gcc",
                target.flag,
                "-c",
                "-g",
                "-fno-pie",
                "-gno-record-gcc-switches",
                "-gz=" + form,
                dir + "/plain.c",
                "-o",
                "compressed.o"));
    org.junit.jupiter.api.Assumptions.assumeTrue(
        p.status() == 0, () -> "gcc -gz=" + form + ": " + p.err());
    ElfImage in = ElfImage.read(compressed);
    boolean isCompressed =
        in.sections.stream()
            .anyMatch(s -> (s.flags() & 0x800) != 0 || s.name().startsWith(".zdebug"));
    org.junit.jupiter.api.Assumptions.assumeTrue(
        isCompressed, "gcc -gz=" + form + " compresses nothing here");
    Linked expected = w.jld(plain).silent();
    Linked actual = w.jld(compressed).silent();
    assertEquals(dwarf(expected), dwarf(actual));
    for (ElfImage.Section section : actual.elf().sections) {
      assertEquals(0, section.flags() & 0x800, section::toString);
      assertFalse(section.name().startsWith(".zdebug"), section::toString);
    }
  }

  /** No rule of a layout names it: it has the name that it had before it was compressed. */
  @ParameterizedTest
  @EnumSource(Target.class)
  void compressedOrphan(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String source = ".section .debug_own,\"\",@progbits; .fill 1000, 1, 7";
    Path plain = w.asm("plain", source, "-Wa,--nocompress-debug-sections");
    Path compressed = w.asm("compressed", source, "-Wa,--compress-debug-sections=zlib-gnu");
    assertTrue(ElfImage.read(compressed).hasSection(".zdebug_own"));
    for (String kind : new String[] {"-r", "-shared"}) {
      byte[] expected = ElfImage.read(w.jld(kind, plain).silent().output()).content(".debug_own");
      ElfImage actual = ElfImage.read(w.jld(kind, compressed).silent().output());
      assertArrayEquals(expected, actual.content(".debug_own"));
    }
  }

  /** What readelf makes of the debug information, but for the places of strings. */
  private static String dwarf(Linked x) {
    Tools.need("readelf");
    Proc p =
        Proc.run(
                x.output().getParent(),
                java.util.List.of("readelf", "-wial", x.ok().output().toString()))
            .ok();
    assertEquals("", p.err());
    assertTrue(p.out().contains("twice"), p.out());
    return p.out().replaceAll("offset: 0x[0-9a-f]+", "");
  }

  /** Accepted as gcc passes them, without effect on a static output. */
  @ParameterizedTest
  @EnumSource
  void optionsOfCompilers(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = start(w);
    w.jld(
            "-plugin",
            "/usr/lib/liblto_plugin.so",
            "-plugin-opt=-pass-through=-lc",
            "--plugin-opt",
            "x",
            "--eh-frame-hdr",
            "-m",
            target.emulation,
            "--hash-style=gnu",
            "--as-needed",
            "-static",
            "-nostdlib",
            "-O1",
            "--sort-common",
            "-dynamic-linker",
            "/lib/ld.so",
            "--no-undefined",
            "--warn-common",
            o)
        .silent()
        .ok();
  }

  @ParameterizedTest
  @EnumSource
  void printBlocks(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = start(w);
    Linked x = w.jld("--print-blocks", o);
    assertTrue(x.ok().out().lines().count() > 3, x::toString);
    Linked stats = w.jld("--stats", o);
    assertTrue(stats.ok().out().contains("asmb"), stats::toString);
    assertTrue(Files.exists(stats.output()));
  }
}
