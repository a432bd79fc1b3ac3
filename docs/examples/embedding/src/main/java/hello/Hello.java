package hello;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** Writes a program that prints a line. No file is read for it, and no other process started. */
public final class Hello {
  private Hello() {}

  public static void main(String[] args) {
    link(Path.of(args[0]), "Hello from memory\n");
  }

  /**
   * Links a program that prints {@code text} and exits with 0.
   *
   * @throws LinkException with what is wrong, if it can't be linked or written
   */
  static void link(Path program, String text) {
    Linker.link(
        LinkRequest.builder()
            .input(InputSource.memory("hello.o", object(text)))
            .output(OutputSink.path(program))
            .build());
  }

  /**
   * An object file for amd64 Linux, which is little more than its code: {@code _start}, and the
   * text behind it in the same section.
   */
  static byte[] object(String text) {
    byte[] code =
        HexFormat.of()
            .parseHex(
                "b801000000" // mov $1, %eax: write
                    + "bf01000000" // mov $1, %edi: stdout
                    + "488d3510000000" // lea text(%rip), %rsi: 16 bytes behind it
                    + "ba00000000" // mov $length, %edx
                    + "0f05" // syscall
                    + "b83c000000" // mov $60, %eax: exit
                    + "31ff" // xor %edi, %edi
                    + "0f05"); // syscall
    byte[] data = text.getBytes(US_ASCII);
    ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).putInt(18, data.length);
    byte[] names = "\0.text\0.symtab\0.strtab\0_start\0".getBytes(US_ASCII);

    int textAt = 64;
    int textSize = code.length + data.length;
    int symbolsAt = textAt + textSize + 7 & -8;
    int namesAt = symbolsAt + 2 * 24;
    int headersAt = namesAt + names.length + 7 & -8;
    ByteBuffer out = ByteBuffer.allocate(headersAt + 4 * 64).order(ByteOrder.LITTLE_ENDIAN);

    // The file's header: ELFCLASS64, ELFDATA2LSB, EV_CURRENT; ET_REL, EM_X86_64, EV_CURRENT; ...
    out.putInt(0x464c457f).put(new byte[] {2, 1, 1});
    out.position(16).putShort((short) 1).putShort((short) 62).putInt(1);
    out.putLong(0).putLong(0).putLong(headersAt).putInt(0);
    // ... its size, no program headers, 4 section headers of 64 bytes, names in the last section.
    for (int half : new int[] {64, 0, 0, 64, 4, 3}) {
      out.putShort((short) half);
    }

    out.position(textAt).put(code).put(data);
    // Two symbols, the null symbol and _start: STB_GLOBAL, STT_FUNC, in section 1.
    out.position(symbolsAt + 24).putInt(nameAt(names, "_start")).put((byte) 0x12).put((byte) 0);
    out.putShort((short) 1).putLong(0).putLong(code.length);
    out.position(namesAt).put(names);

    // name, sh_type, sh_flags, sh_offset, sh_size, sh_link, sh_info, sh_entsize
    out.position(headersAt + 64);
    header(out, nameAt(names, ".text"), 1, 2 | 4, textAt, textSize, 0, 0, 0);
    header(out, nameAt(names, ".symtab"), 2, 0, symbolsAt, 2 * 24, 3, 1, 24);
    header(out, nameAt(names, ".strtab"), 3, 0, namesAt, names.length, 0, 0, 0);
    return out.array();
  }

  private static void header(
      ByteBuffer out,
      int name,
      int type,
      long flags,
      long offset,
      long size,
      int link,
      int info,
      long entrySize) {
    out.putInt(name).putInt(type).putLong(flags).putLong(0).putLong(offset).putLong(size);
    out.putInt(link).putInt(info).putLong(1).putLong(entrySize);
  }

  private static int nameAt(byte[] names, String name) {
    byte[] wanted = (name + "\0").getBytes(US_ASCII);
    int at = 0;
    while (!Arrays.equals(names, at, at + wanted.length, wanted, 0, wanted.length)) {
      at++;
    }
    return at;
  }
}
