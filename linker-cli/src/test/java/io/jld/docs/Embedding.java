package io.jld.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** Makes an object in memory, links it in memory and into a file, and runs the file. */
public final class Embedding {
  public static void main(String[] args) throws IOException, InterruptedException {
    byte[] object = object("Hello from memory\n");

    // From memory to memory.
    LinkRequest.Builder request =
        LinkRequest.builder().arch("amd64").input(InputSource.memory("hello.o", object));
    LinkResult result = Linker.link(request.output(OutputSink.memory()).build());
    MemorySegment program = result.bytes();
    System.out.println(program.byteSize() + " bytes for " + result.arch());

    // The same into a file, which is executable then.
    Path file = Path.of(args[0]);
    try {
      Linker.link(request.output(OutputSink.path(file)).build());
    } catch (LinkException e) {
      e.diagnostics().forEach(System.err::println);
      return;
    }
    new ProcessBuilder(file.toString()).inheritIO().start().waitFor();
  }

  /**
   * An object for amd64 with a {@code _start} that writes {@code text}, which is ASCII, and exits.
   */
  static byte[] object(String text) {
    byte[] code =
        HexFormat.of()
            .parseHex(
                "b801000000" // mov $1, %eax: write
                    + "bf01000000" // mov $1, %edi: stdout
                    + "488d3500000000" // lea text(%rip), %rsi
                    + "baLL000000".replace("LL", HexFormat.of().toHexDigits((byte) text.length()))
                    + "0f05" // syscall
                    + "b83c000000" // mov $60, %eax: exit
                    + "31ff" // xor %edi, %edi
                    + "0f05"); // syscall
    byte[] data = text.getBytes(US_ASCII);
    byte[] names = "\0.text\0.rodata\0.rela.text\0.symtab\0.strtab\0_start\0".getBytes(US_ASCII);

    Bytes out = new Bytes();
    out.skip(64); // the header comes last, when it is known where the section headers are
    long codeAt = out.write(code);
    long dataAt = out.write(data);
    out.align(8);

    // One relocation: the lea's displacement, R_X86_64_PC32 against symbol 1,
    // counted from the field's end.
    long relaAt = out.at;
    out.u64(13).u64(1L << 32 | 2).u64(-4);

    // Symbols: none; the section .rodata; _start.
    long symtabAt = out.at;
    out.skip(24);
    out.u32(0).u8(3).u8(0).u16(2).u64(0).u64(0); // STB_LOCAL, STT_SECTION
    out.u32(indexOf(names, "_start")).u8(0x12).u8(0).u16(1); // STB_GLOBAL, STT_FUNC
    out.u64(0).u64(code.length);

    long namesAt = out.write(names);
    out.align(8);

    long headersAt = out.at;
    out.skip(64);
    header(out, indexOf(names, ".text"), 1, 6, 0, codeAt, code.length, 0, 16, 0);
    header(out, indexOf(names, ".rodata"), 1, 2, 0, dataAt, data.length, 0, 1, 0);
    header(out, indexOf(names, ".rela.text"), 4, 0x40, 0, relaAt, 24, 1L << 32 | 4, 8, 24);
    header(out, indexOf(names, ".symtab"), 2, 0, 0, symtabAt, 3 * 24, 2L << 32 | 5, 8, 24);
    header(out, indexOf(names, ".strtab"), 3, 0, 0, namesAt, names.length, 0, 1, 0);
    long end = out.at;

    out.at = 0;
    out.u32(0x464c457f).u8(2).u8(1).u8(1); // ELFCLASS64, little-endian, version 1
    out.at = 16;
    out.u16(1).u16(62).u32(1); // ET_REL, EM_X86_64
    out.u64(0).u64(0).u64(headersAt).u32(0);
    out.u16(64).u16(0).u16(0).u16(64).u16(6).u16(5); // 6 section headers, names in number 5
    return Arrays.copyOf(out.bytes, (int) end);
  }

  /** A section header: name, type; flags, address, offset, size, link and info, align, entsize. */
  private static void header(Bytes out, int name, int type, long... words) {
    out.u32(name).u32(type);
    for (long w : words) {
      out.u64(w);
    }
  }

  private static int indexOf(byte[] names, String name) {
    return new String(names, US_ASCII).indexOf("\0" + name + "\0") + 1;
  }

  /** A piece of memory that is filled with little-endian values. */
  private static final class Bytes {
    private static final ValueLayout.OfShort U16 =
        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 =
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes = new byte[4096];
    private final MemorySegment segment = MemorySegment.ofArray(bytes);
    private long at;

    Bytes u8(int v) {
      segment.set(ValueLayout.JAVA_BYTE, at++, (byte) v);
      return this;
    }

    Bytes u16(int v) {
      segment.set(U16, at, (short) v);
      at += 2;
      return this;
    }

    Bytes u32(int v) {
      segment.set(U32, at, v);
      at += 4;
      return this;
    }

    Bytes u64(long v) {
      segment.set(U64, at, v);
      at += 8;
      return this;
    }

    /** Writes the bytes and says where they begin. */
    long write(byte[] b) {
      long start = at;
      MemorySegment.copy(b, 0, segment, ValueLayout.JAVA_BYTE, at, b.length);
      at += b.length;
      return start;
    }

    void skip(int n) {
      at += n;
    }

    void align(int n) {
      at = (at + n - 1) & -n;
    }
  }
}
