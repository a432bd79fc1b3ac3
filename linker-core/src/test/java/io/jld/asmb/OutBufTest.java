package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OutBufTest {
  @TempDir Path dir;

  /** Position and bytes after one call at position 3. */
  static Stream<Arguments> writes() {
    byte[] three = {1, 2, 3};
    return Stream.of(
        write("write8", o -> o.write8(0x1ff), 4, "ff"),
        write("write16", o -> o.write16(0x12345), 5, "4523"),
        write("write32", o -> o.write32(0x89abcdef), 7, "efcdab89"),
        write("write64", o -> o.write64(0x0123456789abcdefL), 11, "efcdab8967452301"),
        write("write array", o -> o.write(three), 6, "010203"),
        write("write empty array", o -> o.write(new byte[0]), 3, ""),
        write("write segment", o -> o.write(MemorySegment.ofArray(three).asSlice(1)), 5, "0203"),
        write("writeSym", o -> o.writeSym(MemorySegment.ofArray(three), 3), 6, "010203"),
        write("writeSym made", o -> o.writeSym(null, 2).fill((byte) 9), 5, "0909"),
        write(
            "writeSym edited",
            o -> o.writeSym(MemorySegment.ofArray(three), 3).set(BYTE, 1, (byte) 7),
            6,
            "010703"),
        write("string padded", o -> o.writeStringPad("ab", 6, three), 9, "616201020301"),
        write("string cut", o -> o.writeStringPad("abc", 2, three), 5, "6162"),
        write("string whole", o -> o.writeStringPad("abc", 3, three), 6, "616263"),
        write("string in UTF-8", o -> o.writeStringPad("\u00e9", 3, three), 6, "c3a901"),
        write("string with zeros", o -> o.writeStringPad("", 2, new byte[0]), 5, "0000"),
        write("pad pattern", o -> o.writePad(8, three), 11, "0102030102030102"),
        write("pad of one byte", o -> o.writePad(3, new byte[] {5}), 6, "050505"),
        write("pad shorter than the pattern", o -> o.writePad(2, three), 5, "0102"),
        write("pad nothing", o -> o.writePad(0, three), 3, ""));
  }

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private static Arguments write(String name, Consumer<OutBuf> write, long position, String bytes) {
    return Arguments.of(name, write, position, bytes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writes")
  void positionsAndBytesAreTheSameInEveryMode(
      String name, Consumer<OutBuf> write, long position, String hex) throws Exception {
    for (OutBuf.Mode mode : OutBuf.Mode.values()) {
      for (boolean sized : new boolean[] {false, true}) {
        Path path = dir.resolve("out");
        OutBuf out = Outputs.create();
        out.open(path, true, mode);
        if (sized) {
          out.mmap(20);
          out.writePad(20, new byte[] {(byte) 0xee});
        } else {
          out.writePad(3, new byte[] {(byte) 0xee});
        }
        out.seekSet(3);
        assertEquals(3, out.offset());
        write.accept(out);
        String what = mode + (sized ? " of known size" : "");
        assertEquals(position, out.offset(), what);
        assertEquals(sized ? 20 : position, out.size(), what);
        String expected = "eeeeee" + hex + (sized ? "ee".repeat((int) (20 - position)) : "");
        assertEquals(expected, HexFormat.of().formatHex(Outputs.bytes(out)), what);
        out.commit();
        assertEquals(expected, HexFormat.of().formatHex(Files.readAllBytes(path)), what);
      }
    }
  }

  @Test
  void numbersFollowTheByteOrder() {
    OutBuf out = OutBuf.create(ByteOrder.BIG_ENDIAN, Arena.ofAuto());
    out.openHeap();
    out.write8(1);
    out.write16(2);
    out.write32(3);
    out.write64(4);
    assertEquals(
        "01" + "0002" + "00000003" + "0000000000000004",
        HexFormat.of().formatHex(Outputs.bytes(out)));
  }

  @ParameterizedTest
  @EnumSource
  void writesMayComeInAnyOrderAndBeLargerThanAnyBuffer(OutBuf.Mode mode) throws Exception {
    int n = 5 << 20;
    Path path = dir.resolve("out");
    OutBuf out = Outputs.open(path, mode, n);
    byte[] all = new byte[n];
    new java.util.Random(1).nextBytes(all);
    int[] cuts = {0, 1, 4096, 1 << 20, (3 << 20) + 17, n - 1, n};
    for (int i : new int[] {3, 0, 5, 1, 4, 2}) {
      out.seekSet(cuts[i]);
      out.write(MemorySegment.ofArray(all).asSlice(cuts[i], cuts[i + 1] - cuts[i]));
      assertEquals(cuts[i + 1], out.offset());
    }
    assertArrayEquals(all, Outputs.bytes(out));
    out.commit();
    assertArrayEquals(all, Files.readAllBytes(path));
  }

  @ParameterizedTest
  @EnumSource
  void widePaddingKeepsItsPatternFromTheGapsStart(OutBuf.Mode mode) {
    byte[] pad = {1, 2, 3, 4, 5, 6, 7};
    OutBuf out = Outputs.create();
    out.open(dir.resolve("out"), true, mode);
    out.write8(0);
    out.writePad(300_000, pad);
    byte[] all = Outputs.bytes(out);
    assertEquals(300_001, all.length);
    for (int i = 0; i < 300_000; i++) {
      assertEquals(pad[i % 7], all[i + 1], "at " + i);
    }
    out.discard();
  }

  @Test
  void contentOfAnotherSizeIsRefused() {
    OutBuf out = Outputs.heap(10);
    MemorySegment content = MemorySegment.ofArray(new byte[4]);
    assertThrows(IllegalArgumentException.class, () -> out.writeSym(content, 5));
    assertThrows(IllegalArgumentException.class, () -> out.writeSym(content, 3));
    assertEquals(0, out.offset());
  }

  @ParameterizedTest
  @EnumSource(names = {"MAPPED", "HEAP"})
  void nothingIsWrittenBeyondTheSize(OutBuf.Mode mode) {
    OutBuf out = Outputs.open(dir.resolve("out"), mode, 8);
    out.seekSet(5);
    assertThrows(IndexOutOfBoundsException.class, () -> out.write32(1));
    assertThrows(IndexOutOfBoundsException.class, () -> out.view(6).write32(1));
    out.discard();
  }

  @ParameterizedTest
  @EnumSource(names = {"MAPPED", "HEAP"})
  void viewsHaveOffsetsOfTheirOwn(OutBuf.Mode mode) {
    OutBuf out = Outputs.open(dir.resolve("out"), mode, 12);
    assertTrue(out.canView());
    OutBuf a = out.view(4);
    OutBuf b = a.view(8);
    assertTrue(a.isView());
    assertTrue(b.isView());
    assertFalse(out.isView());
    b.write32(3);
    a.write32(2);
    out.write32(1);
    assertEquals(4, out.offset());
    assertEquals(8, a.offset());
    assertEquals(12, b.offset());
    a.seekSet(0);
    a.write8(9);
    assertEquals("090000000200000003000000", HexFormat.of().formatHex(Outputs.bytes(b)));
    assertEquals(12, a.size());
    out.discard();
  }

  @Test
  void aViewOwnsNothing() {
    OutBuf view = Outputs.heap(4).view(0);
    assertThrows(IllegalStateException.class, view::close);
    assertThrows(IllegalStateException.class, view::commit);
    assertThrows(IllegalStateException.class, view::discard);
    assertThrows(IllegalStateException.class, view::munmap);
    assertThrows(IllegalStateException.class, view::openHeap);
    assertThrows(IllegalStateException.class, () -> view.mmap(4));
    assertThrows(IllegalStateException.class, () -> view.open(dir.resolve("x")));
    view.flush();
    view.msync();
  }

  @Test
  void thereAreNoViewsOfWhatHasNoFixedPlace() {
    OutBuf out = Outputs.create();
    assertFalse(out.canView());
    out.openHeap();
    assertFalse(out.canView());
    assertThrows(IllegalStateException.class, () -> out.view(0));
    out.mmap(1);
    assertTrue(out.canView());
    out.munmap();
    assertFalse(out.canView());

    OutBuf streamed = Outputs.create();
    streamed.open(dir.resolve("out"), true, OutBuf.Mode.STREAMED);
    assertFalse(streamed.canView());
    assertThrows(IllegalStateException.class, () -> streamed.view(0));
    streamed.mmap(4);
    assertTrue(streamed.canView());
    streamed.munmap();
    assertFalse(streamed.canView());
    streamed.discard();
  }

  @ParameterizedTest
  @EnumSource
  void aViewStaysInsideTheOutput(OutBuf.Mode mode) {
    OutBuf out = Outputs.open(dir.resolve("out"), mode, 8);
    OutBuf view = out.view(4);
    view.write32(1);
    assertThrows(IndexOutOfBoundsException.class, () -> view.write8(1));
    OutBuf behind = out.view(9);
    assertThrows(IndexOutOfBoundsException.class, () -> behind.write8(1));
    out.discard();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsLeftInViewsIsInTheFileWhenItIsClosed(OutBuf.Mode mode) throws Exception {
    Path path = dir.resolve("out");
    OutBuf out = Outputs.open(path, mode, 8);
    OutBuf back = out.view(4);
    OutBuf front = out.view(0);
    back.writeStringPad("back", 4, new byte[0]);
    front.writeStringPad("frnt", 4, new byte[0]);
    front.flush();
    back.view(6).writeStringPad("CK", 2, new byte[0]); // a view of a view
    out.commit();
    String all = Files.readString(path, StandardCharsets.ISO_8859_1);
    assertEquals("frntba", all.substring(0, 6));
    assertEquals(8, all.length());
  }

  @ParameterizedTest
  @EnumSource
  void whatWasFlushedCanBeReadByManyAtOnce(OutBuf.Mode mode) throws Exception {
    int n = 1 << 20;
    OutBuf out = Outputs.open(dir.resolve("out"), mode, n);
    for (int at = 0; at < n; at += 4) {
      out.write32(at);
    }
    out.flush();
    IntStream.range(0, 64)
        .parallel()
        .forEach(
            i -> {
              byte[] piece = new byte[8];
              out.read(i * 1000L, MemorySegment.ofArray(piece));
              assertEquals(i * 1000, ElfClass.s32(MemorySegment.ofArray(piece), 0));
              assertEquals(i * 1000 + 4, ElfClass.s32(MemorySegment.ofArray(piece), 4));
            });
    out.discard();
  }

  @Test
  void aSmallFileIsWrittenInOneGoAndALargeOneAsItComes() throws Exception {
    for (long size : new long[] {1, 4 << 20, (4 << 20) + 1}) {
      Path path = dir.resolve("out" + size);
      OutBuf out = Outputs.create();
      out.open(path, true);
      assertFalse(out.canView());
      out.mmap(size);
      assertEquals(size > 4 << 20 ? OutBuf.Mode.STREAMED : OutBuf.Mode.HEAP, out.mode());
      out.view(size - 1).write8('x');
      out.commit();
      assertEquals(size, Files.size(path));
      assertEquals('x', Files.readAllBytes(path)[(int) size - 1]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void moreMayBeWrittenBehindTheMapping(OutBuf.Mode mode) throws Exception {
    Path path = dir.resolve("out");
    OutBuf out = Outputs.open(path, mode, 4);
    out.write32(0x64636261);
    out.munmap();
    out.writeStringPad("efgh", 4, new byte[0]);
    out.seekSet(2);
    out.write8('C');
    assertEquals(8, out.size());
    assertEquals("abCdefgh", new String(Outputs.bytes(out), StandardCharsets.US_ASCII));
    out.commit();
    assertEquals("abCdefgh", Files.readString(path));
  }

  @ParameterizedTest
  @EnumSource
  void theFileIsAsLongAsWasSaidEvenIfItsEndIsNotWritten(OutBuf.Mode mode) throws Exception {
    Path path = dir.resolve("out");
    OutBuf out = Outputs.create();
    out.open(path, true, mode);
    out.mmap(10);
    out.write8(1);
    assertEquals(10, out.size());
    assertEquals(10, out.bytes().byteSize());
    out.commit();
    assertEquals(10, Files.size(path));
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyOutputIsAnEmptyFile(OutBuf.Mode mode) throws Exception {
    Path path = dir.resolve("out");
    OutBuf out = Outputs.create();
    out.open(path, true, mode);
    out.mmap(0);
    assertEquals(0, out.bytes().byteSize());
    out.msync();
    out.commit();
    assertEquals(0, Files.size(path));
  }

  @ParameterizedTest
  @EnumSource
  void bytesAreReadOnly(OutBuf.Mode mode) {
    OutBuf out = Outputs.open(dir.resolve("out"), mode, 10);
    MemorySegment bytes = out.bytes();
    assertTrue(bytes.isReadOnly());
    out.flush();
    out.msync();
    out.discard();
  }

  @Test
  void memoryOutlivesTheCommit() {
    OutBuf out = Outputs.create();
    out.openHeap();
    out.mmap(3);
    out.writeStringPad("abc", 3, new byte[0]);
    out.commit();
    assertTrue(out.bytes().heapBase().isEmpty(), "read-only: no access to the array");
    assertFalse(out.bytes().isNative());
    assertEquals("abc", new String(Outputs.bytes(out), StandardCharsets.US_ASCII));
    assertEquals(3, out.size());
  }

  @ParameterizedTest
  @EnumSource
  void flushedBytesAreSeenByOthers(OutBuf.Mode mode) throws Exception {
    if (mode == OutBuf.Mode.HEAP) {
      return; // has no file before it is closed
    }
    OutBuf out = Outputs.open(dir.resolve("out"), mode, 3);
    out.writeStringPad("abc", 3, new byte[0]);
    out.flush();
    try (Stream<Path> files = Files.list(dir)) {
      assertEquals("abc", Files.readString(files.findFirst().orElseThrow()));
    }
    out.discard();
  }

  @Test
  void theOrderOfCallsIsChecked() {
    OutBuf out = Outputs.create();
    assertThrows(IllegalStateException.class, () -> out.write8(1));
    assertThrows(IllegalStateException.class, () -> out.mmap(1));
    assertThrows(IllegalStateException.class, out::size);
    out.close();
    out.openHeap();
    assertThrows(IllegalStateException.class, out::openHeap);
    assertThrows(IllegalStateException.class, () -> out.open(dir.resolve("x")));
    assertThrows(IllegalArgumentException.class, () -> out.mmap(-1));
    assertThrows(IllegalArgumentException.class, () -> out.seekSet(-1));
    assertThrows(IllegalArgumentException.class, () -> out.writePad(-1, new byte[1]));
    out.write8(1);
    assertThrows(IllegalStateException.class, () -> out.mmap(1), "behind a write");

    OutBuf twice = Outputs.heap(1);
    assertThrows(IllegalStateException.class, () -> twice.mmap(1));
    twice.munmap();
    twice.close();
    twice.close();
    assertThrows(IllegalStateException.class, () -> twice.write8(1));
  }

  @Test
  void anOutputThatNoMemoryHoldsIsAnError() {
    OutBuf out = Outputs.create();
    out.openHeap();
    LinkException e = assertThrows(LinkException.class, () -> out.mmap(1L << 46));
    assertEquals(
        "error: not enough memory for an output of 70368744177664 bytes [out-of-memory]",
        e.getMessage());
  }

  @Test
  void anOutputThatNoDiskHoldsIsAnErrorAtOnce() throws Exception {
    OutBuf out = Outputs.create();
    out.open(dir.resolve("out"));
    LinkException e = assertThrows(LinkException.class, () -> out.mmap(1L << 50));
    assertTrue(e.getMessage().startsWith("error: " + dir.resolve("out") + ": "), e.getMessage());
    out.discard();
    assertEquals("", Outputs.list(dir));
  }

  @Test
  void anInterruptedThreadFailsWithAnErrorThatSaysSo() throws Exception {
    OutBuf out = Outputs.create();
    out.open(dir.resolve("out"), true, OutBuf.Mode.MAPPED);
    Thread.currentThread().interrupt();
    LinkException e = assertThrows(LinkException.class, () -> out.mmap(10));
    assertTrue(Thread.interrupted());
    assertEquals("the link was interrupted", e.diagnostics().get(0).message());
    out.discard();
    assertEquals("", Outputs.list(dir));
  }

  @Test
  void aFaultIsToldFromOtherErrorsAndNamesTheFile() {
    // the JVM's text, java_lang_InternalError in sharedRuntime.cpp
    InternalError fault =
        new InternalError("a fault occurred in an unsafe memory access operation");
    assertTrue(OutBuf.isFault(fault));
    assertFalse(OutBuf.isFault(new InternalError()));
    assertFalse(OutBuf.isFault(new InternalError("something else")));
    OutBuf out = Outputs.open(dir.resolve("out"), OutBuf.Mode.MAPPED, 5000);
    assertEquals(
        "error: " + dir.resolve("out") + ": no space left on device [output-not-writable]",
        out.fault().getMessage());
    out.discard();
  }

  @Test
  void aMappedFileThatIsTruncatedGivesAFaultThatSaysSo() throws Exception {
    OutBuf out = Outputs.open(dir.resolve("out"), OutBuf.Mode.MAPPED, 1 << 20);
    try (Stream<Path> files = Files.list(dir);
        var file =
            java.nio.channels.FileChannel.open(
                files.findFirst().orElseThrow(), java.nio.file.StandardOpenOption.WRITE)) {
      file.truncate(4096);
    }
    MemorySegment content = MemorySegment.ofArray(new byte[1 << 19]);
    InternalError e =
        assertThrows(
            InternalError.class,
            () -> {
              out.seekSet(1 << 18);
              out.writeSym(content, content.byteSize());
            });
    assertTrue(OutBuf.isFault(e), e.getMessage());
    assertEquals("was truncated while it was written", out.fault().diagnostics().get(0).message());
    out.discard();
    assertEquals("", Outputs.list(dir));
  }
}
