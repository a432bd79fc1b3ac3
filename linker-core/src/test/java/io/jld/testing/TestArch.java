package io.jld.testing;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.Arches;
import io.jld.arch.Properties;
import io.jld.arch.Reference;
import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.asmb.Blocks;
import io.jld.asmb.Link;
import io.jld.asmb.Section;
import io.jld.asmb.Segment;
import io.jld.asmb.Slice;
import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import java.util.List;

/**
 * Two small architectures that link: {@link #WIDE} of 64 bits with addends in relocations, {@link
 * #NARROW} of 32 bits with addends in the content. They know three relocations, and some program
 * properties.
 */
public final class TestArch implements Arch {
  public static final int NONE = 0;

  /** A word: S + A. */
  public static final int WORD = 1;

  /** Four bytes: S + A - P. */
  public static final int PC32 = 2;

  /** Four bytes: S + A. */
  public static final int ABS32 = 3;

  public static final TestArch WIDE = new TestArch("wide", 62, true);
  public static final TestArch NARROW = new TestArch("narrow", 3, false);
  public static final Arches ARCHES = new Arches(List.of(WIDE, NARROW));

  /** A property of which the output has what all objects have; bits are {@code FAST, SAFE}. */
  public static final int FEATURES = 0xc0000002;

  /** One of which it has what any object has. */
  public static final int NEEDED = 0xc0008002;

  /** One of which it has what any object has, if all have it. */
  public static final int USED = 0xc0010002;

  private static final Properties PROPERTIES =
      new Properties(
          List.of(
              new Properties.Range(FEATURES, FEATURES + 1, Properties.Rule.AND),
              new Properties.Range(NEEDED, NEEDED, Properties.Rule.OR),
              new Properties.Range(USED, USED, Properties.Rule.OR_AND)),
          List.of(
              new Properties.Keyword("fast", FEATURES, 1, 1),
              new Properties.Keyword("safe", FEATURES, 2, 2),
              new Properties.Keyword("level1", NEEDED, 1, 7),
              new Properties.Keyword("level2", NEEDED, 4, 7)),
          List.of(
              new Properties.Report(
                  "feature-report",
                  FEATURES,
                  List.of(new Properties.Bit(1, "FAST"), new Properties.Bit(2, "SAFE")))));

  private final ArchInfo info;
  private final ElfClass elf;

  private TestArch(String name, int machine, boolean is64) {
    elf = ElfClass.of(is64);
    info =
        new ArchInfo(
            name,
            List.of(),
            List.of("elf_" + name),
            List.of("elf-" + name),
            machine,
            is64,
            is64,
            4096,
            4096,
            0x400000,
            "/lib/ld-" + name + ".so",
            new byte[] {(byte) 0xcc},
            new byte[] {(byte) 0x90},
            new ArchInfo.DynamicTypes(101, 102, 103, 104, 105, 106, 107, 108, 109, 110),
            new ArchInfo.PltSizes(16, 16, 16));
  }

  @Override
  public ArchInfo info() {
    return info;
  }

  @Override
  public Properties properties() {
    return PROPERTIES;
  }

  @Override
  public String relocationName(int type) {
    return switch (type) {
      case NONE -> "NONE";
      case WORD -> "WORD";
      case PC32 -> "PC32";
      case ABS32 -> "ABS32";
      default -> Integer.toString(type);
    };
  }

  // @start region="scan"
  @Override
  public void scan(Link ctxt, Relocs r) {
    while (r.next()) {
      switch (r.type()) {
        case NONE -> {}
        case WORD -> Scan.word(ctxt, r);
        case PC32 -> Scan.pcRelative(ctxt, r);
        case ABS32 -> {
          if (elf.is64()) {
            Scan.narrow(ctxt, r);
          } else {
            Scan.word(ctxt, r);
          }
        }
        default ->
            r.error(DiagnosticCode.UNKNOWN_RELOCATION, "unknown relocation type " + r.type());
      }
    }
  }

  // @end

  // @start region="apply"
  @Override
  public void apply(Link ctxt, Relocs r, Slice slice) {
    while (r.next()) {
      long value = ctxt.symbols().value(r.symbol()) + r.addend();
      int width = r.type() == WORD ? elf.wordSize : 4;
      if (r.type() == NONE || !r.check(width)) {
        continue;
      }
      if (width == 8) {
        slice.put64(r.offset(), value);
      } else {
        slice.put32(r.offset(), (int) (r.type() == PC32 ? value - r.place() : value));
      }
    }
  }

  // @end

  @Override
  public void applyDebug(Link ctxt, Relocs r, Slice slice) {
    apply(ctxt, r, slice);
  }

  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    return type == NONE || offset < 0 || offset > content.size() - 4 ? 0 : content.get32(offset);
  }

  @Override
  public int fieldSize(int type) {
    return switch (type) {
      case WORD -> info.wordSize();
      case PC32, ABS32 -> 4;
      default -> 0;
    };
  }

  /** What is relative is a call. */
  @Override
  public Reference reference(int type) {
    return switch (type) {
      case PC32 -> Reference.CALL;
      case WORD, ABS32 -> Reference.ADDRESS;
      default -> Reference.OTHER;
    };
  }

  // Entries of zeros, which the PLT is made of.

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {}

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {}

  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {}

  @Override
  public long lazySlotValue(Link ctxt, long plt, long entry) {
    return entry;
  }

  // @start region="asmb"
  @Override
  public void asmb(Link ctxt) {
    for (Segment segment : ctxt.segments()) {
      for (Section s : segment.sections()) {
        ctxt.out().seekSet(s.fileOffset());
        if (segment == ctxt.segdwarf()) {
          Blocks.dwarfblk(ctxt, ctxt.out(), s.vaddr(), s.length());
        } else if (s.isCode()) {
          byte[] pad = Blocks.codePad(ctxt, s);
          Blocks.codeblkPad(ctxt, ctxt.out(), s.vaddr(), s.length(), pad);
        } else {
          Blocks.datblk(ctxt, ctxt.out(), s.vaddr(), s.length());
        }
      }
    }
  }

  // @end

  @Override
  public void asmb2(Link ctxt) {
    ctxt.writeTables();
  }
}
