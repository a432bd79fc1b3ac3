package io.jld.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** An object for x86, as {@link Embedding#object} makes one for amd64. */
final class HelloX86 {
  private HelloX86() {}

  static byte[] object(String text) {
    byte[] code =
        HexFormat.of()
            .parseHex(
                "b804000000" // mov $4, %eax: write
                    + "bb01000000" // mov $1, %ebx: stdout
                    + "b900000000" // mov $text, %ecx
                    + "baLL000000".replace("LL", HexFormat.of().toHexDigits((byte) text.length()))
                    + "cd80" // int $0x80
                    + "b801000000" // mov $1, %eax: exit
                    + "31db" // xor %ebx, %ebx
                    + "cd80"); // int $0x80
    byte[] data = text.getBytes(US_ASCII);
    byte[] names = "\0.text\0.rodata\0.rel.text\0.symtab\0.strtab\0_start\0".getBytes(US_ASCII);
    int dataAt = 52 + code.length;
    int relAt = dataAt + data.length;
    int symtabAt = relAt + 8;
    int namesAt = symtabAt + 3 * 16;
    int headersAt = namesAt + names.length;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    words(out, 0x464c457f, 0x00010101, 0, 0, 3 << 16 | 1, 1, 0, 0, headersAt, 0);
    words(out, 52, 40 << 16, 5 << 16 | 6); // e_ehsize; e_shentsize; e_shnum, e_shstrndx
    out.writeBytes(code);
    out.writeBytes(data);
    words(out, 11, 1 << 8 | 1); // R_386_32 against symbol 1
    words(out, 0, 0, 0, 0);
    words(out, 0, 0, 0, 2 << 16 | 3); // the section .rodata
    words(out, indexOf(names, "_start"), 0, code.length, 1 << 16 | 0x12);
    out.writeBytes(names);
    words(out, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    words(out, indexOf(names, ".text"), 1, 6, 0, 52, code.length, 0, 0, 16, 0);
    words(out, indexOf(names, ".rodata"), 1, 2, 0, dataAt, data.length, 0, 0, 1, 0);
    words(out, indexOf(names, ".rel.text"), 9, 0x40, 0, relAt, 8, 4, 1, 4, 8);
    words(out, indexOf(names, ".symtab"), 2, 0, 0, symtabAt, 3 * 16, 5, 2, 4, 16);
    words(out, indexOf(names, ".strtab"), 3, 0, 0, namesAt, names.length, 0, 0, 1, 0);
    return out.toByteArray();
  }

  private static int indexOf(byte[] names, String name) {
    return new String(names, US_ASCII).indexOf("\0" + name + "\0") + 1;
  }

  private static void words(ByteArrayOutputStream out, int... words) {
    for (int w : words) {
      for (int i = 0; i < 32; i += 8) {
        out.write(w >> i);
      }
    }
  }
}
