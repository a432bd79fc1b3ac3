package io.jld.write;

import static io.jld.elf.Elf.*;

import io.jld.asmb.OutBuf;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.load.LoadedInputs;
import io.jld.model.Context;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code --archive}: bundles the object that was linked and the host objects, which stay as they
 * are, into one archive. It is GNU ar's format: the member {@code /} is the index of symbols,
 * {@code //} holds the names that are too long for a header; members begin at even offsets. As with
 * {@code ar D}, times and owners are 0: the bytes depend on the inputs alone.
 */
public final class WriteArchive {
  private static final String MAGIC = "!<arch>\n";
  private static final int HEADER = 60;

  /** Longest name that fits into a header, with the slash after it. */
  private static final int SHORT_NAME = 15;

  private record Member(String name, ObjectFile object, byte[] header) {}

  private final List<Member> members = new ArrayList<>();
  private final ByteArrayOutputStream longNames = new ByteArrayOutputStream();

  private WriteArchive() {}

  /**
   * @param linked the object that was linked; it comes first
   * @param out takes the archive
   */
  public static void run(Context ctxt, MemorySegment linked, OutBuf out) {
    WriteArchive a = new WriteArchive();
    String name = ctxt.outputName();
    String object = (name.endsWith(".a") ? name.substring(0, name.length() - 2) : name) + ".o";
    a.add(object, new ObjectFile(object, null, linked));
    for (ObjectFile host : LoadedInputs.of(ctxt).hosts()) {
      a.add(host.fileName().substring(host.fileName().lastIndexOf('/') + 1), host);
    }
    a.write(out);
  }

  private void add(String name, ObjectFile object) {
    byte[] field = NameBytes.bytes(name + "/");
    if (field.length > SHORT_NAME + 1) {
      int at = longNames.size();
      longNames.writeBytes(field);
      longNames.write('\n');
      field = NameBytes.bytes("/" + at);
    }
    byte[] header = header("", "644", object.data().byteSize());
    System.arraycopy(field, 0, header, 0, field.length);
    members.add(new Member(name, object, header));
  }

  private static byte[] header(String name, String mode, long size) {
    if (size > 9_999_999_999L) {
      throw new LinkException(
          DiagnosticCode.TOO_LARGE,
          Location.NONE,
          "archive member " + name + " is too large: " + size + " bytes");
    }
    StringBuilder s = new StringBuilder(HEADER);
    field(s, name, 16);
    field(s, "0", 12);
    field(s, "0", 6);
    field(s, "0", 6);
    field(s, mode, 8);
    field(s, Long.toString(size), 10);
    return NameBytes.bytes(s.append("`\n").toString());
  }

  private static void field(StringBuilder s, String value, int width) {
    s.append(value).repeat(' ', width - value.length());
  }

  private static long padded(long size) {
    return (size + 1) & ~1L;
  }

  private void write(OutBuf out) {
    List<byte[]> symbols = new ArrayList<>();
    int[] counts = new int[members.size()];
    long names = 0;
    for (int m = 0; m < counts.length; m++) {
      int before = symbols.size();
      collect(members.get(m).object(), symbols);
      counts[m] = symbols.size() - before;
    }
    for (byte[] s : symbols) {
      names += s.length + 1;
    }
    long tail = longNames.size() == 0 ? 0 : HEADER + padded(longNames.size());
    for (Member m : members) {
      tail += HEADER + padded(m.object().data().byteSize());
    }
    // the index holds offsets, of 32 bits where they suffice
    long index32 = 4 + 4L * symbols.size() + names;
    boolean wide = MAGIC.length() + HEADER + padded(index32) + tail > 0xffffffffL;
    long index = wide ? 8 + 8L * symbols.size() + names : index32;
    long first = MAGIC.length() + HEADER + padded(index);
    out.mmap(first + tail);
    out.write(NameBytes.bytes(MAGIC));
    out.write(header(wide ? "/SYM64/" : "/", "0", padded(index)));
    writeIndex(out, symbols, counts, wide, first);
    pad(out, index, 0);
    if (longNames.size() > 0) {
      // GNU ar leaves all fields of this header but the size empty
      out.write(NameBytes.bytes("//" + " ".repeat(46)));
      StringBuilder size = new StringBuilder();
      field(size, Long.toString(padded(longNames.size())), 10);
      out.write(NameBytes.bytes(size.append("`\n").toString()));
      out.write(longNames.toByteArray());
      pad(out, longNames.size(), '\n');
    }
    for (Member m : members) {
      out.write(m.header());
      out.write(m.object().data());
      pad(out, m.object().data().byteSize(), '\n');
    }
  }

  private void writeIndex(
      OutBuf out, List<byte[]> symbols, int[] counts, boolean wide, long first) {
    putBig(out, symbols.size(), wide);
    long at = first + (longNames.size() == 0 ? 0 : HEADER + padded(longNames.size()));
    for (int m = 0; m < counts.length; m++) {
      for (int i = 0; i < counts[m]; i++) {
        putBig(out, at, wide);
      }
      at += HEADER + padded(members.get(m).object().data().byteSize());
    }
    for (byte[] s : symbols) {
      out.write(s);
      out.write8(0);
    }
  }

  /** The index is big-endian on every machine. */
  private static void putBig(OutBuf out, long value, boolean wide) {
    for (int shift = wide ? 56 : 24; shift >= 0; shift -= 8) {
      out.write8((int) (value >>> shift) & 0xff);
    }
  }

  private static void pad(OutBuf out, long size, int with) {
    if (size % 2 != 0) {
      out.write8(with);
    }
  }

  /** The names that a member defines for others, common ones among them. */
  private static void collect(ObjectFile f, List<byte[]> symbols) {
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      if (f.shndx(i) != SHN_UNDEF) {
        int length = Names.length(f.strings(), f.symbolNameOffset(i));
        byte[] name = new byte[length];
        MemorySegment.copy(
            f.strings(), f.symbolNameOffset(i), MemorySegment.ofArray(name), 0, length);
        symbols.add(name);
      }
    }
  }
}
