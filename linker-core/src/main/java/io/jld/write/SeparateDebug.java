package io.jld.write;

import static io.jld.elf.Elf.*;

import io.jld.asmb.OutBuf;
import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * {@code --separate-debug-file}: makes two files of an output that is complete. The one is what
 * {@code strip} leaves of it, with {@code .gnu_debuglink} (GDB's manual, "Debugging Information in
 * Separate Files"), the other has all of its sections, as {@code objcopy --only-keep-debug} leaves
 * them: those that are loaded without their contents, but for notes, whose build ID is what
 * debuggers compare. Since the build ID is of the whole, both depend on all of it.
 */
public final class SeparateDebug {
  /** Bytes that one task copies. */
  private static final long PIECE = 8 << 20;

  /**
   * A section of one of the files.
   *
   * @param old its index in the complete output; 0 for one that this file alone has
   * @param offset in the file
   * @param content null where it has none there
   */
  private record Part(String name, int old, int type, long offset, MemorySegment content) {}

  private final Context ctxt;
  private final ElfClass elf;
  private final MemorySegment linked;
  private final Tables tables;

  // Of the file under way.
  private final List<Part> parts = new ArrayList<>();
  private long at;

  private SeparateDebug(Context ctxt, MemorySegment linked) {
    this.ctxt = ctxt;
    this.elf = ctxt.elf;
    this.linked = linked;
    this.tables = Tables.of(ctxt);
  }

  /**
   * Writes both files.
   *
   * @param linked the complete output
   * @param out takes what is run
   * @param debug takes the debug information
   * @param name of the latter, by which debuggers look for it
   */
  public static void run(
      Context ctxt, MemorySegment linked, OutBuf out, OutBuf debug, String name) {
    if (!Tables.of(ctxt).hasHeaders()) {
      throw new LinkException(
          DiagnosticCode.OPTION_CONFLICT,
          Location.NONE,
          "--separate-debug-file needs an output with section headers");
    }
    new SeparateDebug(ctxt, linked).writeDebug(debug);
    new SeparateDebug(ctxt, linked).writeStripped(out, link(name, debug.bytes()));
  }

  /** The content of {@code .gnu_debuglink}: the file's name, padded to words, and its CRC-32. */
  private static byte[] link(String name, MemorySegment debug) {
    CRC32 crc = new CRC32();
    for (long i = 0; i < debug.byteSize(); i += PIECE) {
      crc.update(debug.asSlice(i, Math.min(PIECE, debug.byteSize() - i)).asByteBuffer());
    }
    byte[] bytes = NameBytes.bytes(name);
    byte[] link = new byte[(bytes.length + 4 & -4) + 4];
    System.arraycopy(bytes, 0, link, 0, bytes.length);
    ElfClass.put32(MemorySegment.ofArray(link), link.length - 4, crc.getValue());
    return link;
  }

  private OutputSection section(int i) {
    return tables.sections().get(i - 1);
  }

  /** Debug information, and what names and relocates symbols. */
  private boolean isMoved(int i) {
    OutputSection s = section(i);
    return !s.isAlloc()
        && (s.name().startsWith(".debug")
            || s.name().startsWith(".zdebug")
            || s.name().startsWith(".stab")
            || s.name().equals(".gdb_index")
            || s.type() == SHT_REL
            || s.type() == SHT_RELA
            || s == tables.symtab()
            || s == tables.extended()
            || s == tables.strtab());
  }

  private MemorySegment content(int i) {
    OutputSection s = section(i);
    return s.type() == SHT_NOBITS ? null : linked.asSlice(s.offset, s.size);
  }

  /** The file header and the program headers. */
  private long headers() {
    return elf.ehdrSize + (long) elf.phnum(linked) * elf.phdrSize;
  }

  // the files

  private void writeStripped(OutBuf out, byte[] link) {
    long loaded = headers();
    for (int i = 1; i < tables.count(); i++) {
      if (section(i).isAlloc()) {
        loaded = Math.max(loaded, section(i).offset + section(i).length());
      }
    }
    at = loaded;
    for (int i = 1; i < tables.count(); i++) {
      OutputSection s = section(i);
      if (s.isAlloc()) {
        parts.add(new Part(s.name(), i, s.type(), s.offset, null));
      } else if (!isMoved(i) && s != tables.shstrtab()) {
        add(s.name(), i, s.type(), s.align(), content(i));
      }
    }
    add(".gnu_debuglink", 0, SHT_PROGBITS, 4, MemorySegment.ofArray(link));
    write(out, linked.asSlice(0, loaded));
  }

  private void writeDebug(OutBuf out) {
    MemorySegment start = MemorySegment.ofArray(new byte[(int) headers()]);
    start.copyFrom(linked.asSlice(0, start.byteSize()));
    at = start.byteSize();
    for (int i = 1; i < tables.count(); i++) {
      OutputSection s = section(i);
      boolean empty = s.isAlloc() && s.type() != SHT_NOTE;
      if (s != tables.shstrtab()) {
        add(s.name(), i, empty ? SHT_NOBITS : s.type(), s.align(), empty ? null : content(i));
      }
    }
    for (int p = 0; p < elf.phnum(linked); p++) {
      edit(start, elf.ehdrSize + (long) p * elf.phdrSize);
    }
    write(out, start);
  }

  /** What a segment has in the debug file: the file's headers, notes, or nothing. */
  private void edit(MemorySegment start, long phdr) {
    long word = elf.wordSize;
    int type = ElfClass.pType(start, phdr);
    long offset = elf.word(start, phdr + word);
    if (type == PT_PHDR) {
      return;
    }
    long size = type == PT_LOAD && offset == 0 ? start.byteSize() : 0;
    offset = 0;
    for (Part p : parts) {
      if (p.type() == SHT_NOTE
          && (type == PT_NOTE || type == PT_GNU_PROPERTY)
          && section(p.old()).addr == elf.pVaddr(start, phdr)) {
        offset = p.offset();
        size = elf.pMemsz(start, phdr);
        break;
      }
    }
    elf.putWord(start, phdr + word, offset);
    elf.putWord(start, phdr + 4 * word, size);
  }

  private void add(String name, int old, int type, long align, MemorySegment content) {
    at = content == null ? at : ElfClass.align(at, Math.max(1, align));
    parts.add(new Part(name, old, type, at, content));
    at += content == null ? 0 : content.byteSize();
  }

  private void write(OutBuf out, MemorySegment start) {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.write(0);
    int[] nameOffsets = new int[parts.size() + 1];
    int[] index = new int[tables.count()];
    for (int i = 0; i <= parts.size(); i++) {
      nameOffsets[i] = names.size();
      names.writeBytes(NameBytes.bytes(i < parts.size() ? parts.get(i).name() : ".shstrtab"));
      names.write(0);
      index[i < parts.size() ? parts.get(i).old() : tables.shstrtab().index] = i + 1;
    }
    index[0] = 0;
    add(
        ".shstrtab",
        tables.shstrtab().index,
        SHT_STRTAB,
        1,
        MemorySegment.ofArray(names.toByteArray()));
    long headersAt = ElfClass.align(at, 8);
    int count = parts.size() + 1;
    out.mmap(headersAt + (long) count * elf.shdrSize);
    copy(start, out, 0);
    long end = start.byteSize();
    for (Part p : parts) {
      if (p.content() != null) {
        pad(out, end, p.offset());
        copy(p.content(), out, p.offset());
        end = p.offset() + p.content().byteSize();
      }
    }
    pad(out, end, headersAt);
    MemorySegment headers = MemorySegment.ofArray(new byte[count * elf.shdrSize]);
    for (int i = 0; i < parts.size(); i++) {
      putHeader(headers, i + 1, nameOffsets[i], parts.get(i), index);
    }
    putCounts(out, headersAt, headers, count);
    copy(headers, out, headersAt);
  }

  private void putHeader(MemorySegment headers, int i, int name, Part p, int[] index) {
    long to = (long) i * elf.shdrSize;
    if (p.old() == 0) {
      elf.putShdr(
          headers, to, name, p.type(), 0, 0, p.offset(), p.content().byteSize(), 0, 0, 4, 0);
      return;
    }
    long h = tables.headers() + (long) p.old() * elf.shdrSize;
    long flags = elf.shFlags(linked, h);
    int info = elf.shInfo(linked, h);
    boolean isSection = (flags & SHF_INFO_LINK) != 0 || p.type() == SHT_REL || p.type() == SHT_RELA;
    elf.putShdr(
        headers,
        to,
        name,
        p.type(),
        flags,
        elf.shAddr(linked, h),
        p.offset(),
        section(p.old()) == tables.shstrtab() ? p.content().byteSize() : elf.shSize(linked, h),
        mapped(elf.shLink(linked, h), index),
        isSection ? mapped(info, index) : info,
        elf.shAlign(linked, h),
        elf.shEntsize(linked, h));
  }

  private static int mapped(int section, int[] index) {
    return section > 0 && section < index.length ? index[section] : section;
  }

  /** The file header's words about section headers; what does not fit is in the first of these. */
  private void putCounts(OutBuf out, long headersAt, MemorySegment headers, int count) {
    int word = elf.wordSize;
    boolean fits = count < SHN_LORESERVE;
    elf.putShdr(headers, 0, 0, 0, 0, 0, 0, fits ? 0 : count, fits ? 0 : count - 1, 0, 0, 0);
    MemorySegment h = MemorySegment.ofArray(new byte[elf.ehdrSize]);
    h.copyFrom(linked.asSlice(0, elf.ehdrSize));
    elf.putWord(h, 24 + 2L * word, headersAt);
    ElfClass.put16(h, elf.ehdrSize - 4, fits ? count : 0);
    ElfClass.put16(h, elf.ehdrSize - 2, fits ? count - 1 : SHN_XINDEX);
    copy(h, out, 0);
  }

  private static void pad(OutBuf out, long from, long to) {
    out.seekSet(from);
    out.writePad(to - from, new byte[0]);
  }

  private void copy(MemorySegment from, OutBuf out, long to) {
    if (from.byteSize() <= PIECE || !out.canView()) {
      out.seekSet(to);
      out.write(from);
      return;
    }
    int n = (int) ((from.byteSize() + PIECE - 1) / PIECE);
    ctxt.tasks()
        .forEach(
            n,
            i -> {
              long start = i * PIECE;
              OutBuf view = out.view(to + start);
              view.write(from.asSlice(start, Math.min(PIECE, from.byteSize() - start)));
              view.flush();
            });
  }
}
