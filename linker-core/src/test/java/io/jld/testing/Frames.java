package io.jld.testing;

import static io.jld.elf.Elf.SHF_ALLOC;
import static io.jld.elf.Elf.SHT_PROGBITS;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Puts an {@code .eh_frame} section together, record by record, as compilers write it. */
public final class Frames {
  private record Field(int offset, int type, int symbol, long addend) {}

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Field> fields = new ArrayList<>();

  public Frames u8(int... values) {
    for (int v : values) {
      out.write(v);
    }
    return this;
  }

  public Frames u32(long v) {
    return u8((int) v & 255, (int) (v >> 8) & 255, (int) (v >> 16) & 255, (int) (v >> 24) & 255);
  }

  public Frames u64(long v) {
    return u32(v).u32(v >> 32);
  }

  public int size() {
    return out.size();
  }

  /** A field of four bytes with a relocation. */
  public Frames field(int type, int symbol, long addend) {
    fields.add(new Field(out.size(), type, symbol, addend));
    return u32(0);
  }

  /** A CIE with augmentation {@code zR}; returns its offset. */
  public int cie(int encoding) {
    return cie("zR", encoding);
  }

  /** A CIE whose augmentation data is {@code data}; returns its offset. */
  public int cie(String augmentation, int... data) {
    int at = size();
    byte[] name = augmentation.getBytes(StandardCharsets.US_ASCII);
    int length = 4 + 1 + name.length + 1 + 3 + 1 + data.length;
    int padded = length + 3 & -4;
    u32(padded).u32(0).u8(1);
    out.writeBytes(name);
    u8(0).u8(1, 0x78, 16).u8(data.length).u8(data);
    return pad(padded - length, at);
  }

  /** A CIE with a personality routine ({@code zPR}, pcrel); returns its offset. */
  public int cieWithPersonality(int personality) {
    int at = size();
    u32(24).u32(0).u8(1, 'z', 'P', 'R', 0).u8(1, 0x78, 16, 6, 0x9b);
    field(TestArch.PC32, personality, 0);
    u8(0x1b);
    return pad(at + 28 - size(), at);
  }

  /** An FDE of {@code length} bytes of code; returns its offset. */
  public int fde(int cie, int symbol, long addend, int length) {
    int at = size();
    u32(16).u32(at + 4L - cie).field(TestArch.PC32, symbol, addend).u32(length).u8(0, 0, 0, 0);
    return at;
  }

  /** An FDE with a pointer to a table of exception handlers; returns its offset. */
  public int fdeWithHandlers(int cie, int symbol, int length, int handlers) {
    int at = size();
    u32(20).u32(at + 4L - cie).field(TestArch.PC32, symbol, 0).u32(length).u8(4);
    field(TestArch.PC32, handlers, 0).u8(0, 0, 0);
    return at;
  }

  private int pad(int n, int result) {
    u8(new int[n]);
    return result;
  }

  /** Adds the section to an object and returns its index. */
  public int addTo(ObjectBuilder object) {
    int align = object.is64() ? 8 : 4;
    int s = object.section(".eh_frame", SHT_PROGBITS, SHF_ALLOC, align, 0, out.toByteArray());
    for (Field f : fields) {
      object.reloc(s, f.offset(), f.type(), f.symbol(), f.addend());
    }
    return s;
  }
}
