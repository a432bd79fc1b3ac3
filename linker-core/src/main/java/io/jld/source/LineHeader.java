package io.jld.source;

import io.jld.input.Names;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The header of a unit of {@code .debug_line} (DWARF 5, section 6.2.4, and the same of DWARF 2 to
 * 4): the tables of directories and files, and how special opcodes are to be read. Names are not
 * read before one is asked for: a hostile table may have a million entries that share a name of a
 * million bytes.
 */
public final class LineHeader {
  private static final int DW_LNCT_PATH = 1;
  private static final int DW_LNCT_DIRECTORY_INDEX = 2;
  private static final int DW_FORM_BLOCK2 = 0x03;
  private static final int DW_FORM_BLOCK4 = 0x04;
  private static final int DW_FORM_DATA2 = 0x05;
  private static final int DW_FORM_DATA4 = 0x06;
  private static final int DW_FORM_DATA8 = 0x07;
  private static final int DW_FORM_STRING = 0x08;
  private static final int DW_FORM_BLOCK = 0x09;
  private static final int DW_FORM_BLOCK1 = 0x0a;
  private static final int DW_FORM_DATA1 = 0x0b;
  private static final int DW_FORM_STRP = 0x0e;
  private static final int DW_FORM_UDATA = 0x0f;
  private static final int DW_FORM_DATA16 = 0x1e;
  private static final int DW_FORM_LINE_STRP = 0x1f;

  /** Longer names are not shown. */
  private static final int MAX_NAME = 4096;

  private final LineStrings strings;
  private final DebugSection section;
  private final boolean dwarf64;
  final int version;
  final int minInstructionLength;
  final int lineBase;
  final int lineRange;
  final int opcodeBase;

  /** Operands of each standard opcode. */
  final int[] operands;

  private final Entries directories;
  private final Entries files;

  /** Names: in which section and where; for files, the directory's number as well. */
  private static final class Entries {
    int count;
    byte[] form = new byte[8];
    long[] name = new long[8];
    int[] directory = new int[8];

    void add(int nameForm, long at, long dir) {
      if (count == form.length) {
        form = Arrays.copyOf(form, 2 * count);
        name = Arrays.copyOf(name, 2 * count);
        directory = Arrays.copyOf(directory, 2 * count);
      }
      form[count] = (byte) nameForm;
      name[count] = at;
      directory[count] = dir < 0 || dir > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) dir;
      count++;
    }
  }

  /**
   * Reads the header.
   *
   * @param in stands after the unit's length; ends up at the program's first opcode
   * @throws RuntimeException where it is damaged or of a form that is not known
   */
  LineHeader(DwarfReader in, boolean dwarf64, DebugSection section, LineStrings strings) {
    this.strings = strings;
    this.section = section;
    this.dwarf64 = dwarf64;
    version = in.u16();
    check(version >= 2 && version <= 5);
    if (version >= 5) {
      in.skip(2); // address_size, segment_selector_size
    }
    long length = in.offset(dwarf64);
    long program = in.at() + length;
    check(length >= 0 && program >= 0);
    minInstructionLength = in.u8();
    if (version >= 4) {
      check(in.u8() == 1); // maximum_operations_per_instruction: more is for VLIW machines
    }
    in.skip(1); // default_is_stmt
    lineBase = in.s8();
    lineRange = in.u8();
    check(lineRange != 0);
    opcodeBase = in.u8();
    check(opcodeBase >= 1);
    operands = new int[opcodeBase];
    for (int i = 1; i < opcodeBase; i++) {
      operands[i] = in.u8();
    }
    directories = new Entries();
    files = new Entries();
    if (version >= 5) {
      readEntries(in, directories);
      readEntries(in, files);
    } else {
      directories.add(0, 0, 0); // number 0 is where the compiler ran
      for (long at = in.at(); in.string() > 0; at = in.at()) {
        directories.add(DW_FORM_STRING, at, 0);
      }
      files.add(0, 0, 0); // files count from 1
      while (readFile(in)) {}
    }
    in.seek(program);
  }

  private static void check(boolean sound) {
    if (!sound) {
      throw new IllegalArgumentException("odd line table");
    }
  }

  /** A file of DWARF 2 to 4: its name, directory, time and size. False at the table's end. */
  private boolean readFile(DwarfReader in) {
    long at = in.at();
    if (in.string() == 0) {
      return false;
    }
    files.add(DW_FORM_STRING, at, in.uleb());
    in.uleb();
    in.uleb();
    return true;
  }

  /** {@code DW_LNE_define_file}. */
  void defineFile(DwarfReader in) {
    readFile(in);
  }

  private void readEntries(DwarfReader in, Entries to) {
    int formats = in.u8();
    long[] content = new long[formats];
    long[] form = new long[formats];
    for (int i = 0; i < formats; i++) {
      content[i] = in.uleb();
      form[i] = in.uleb();
    }
    long count = in.uleb();
    check(count == 0 || formats > 0);
    for (long n = 0; n < count; n++) {
      int nameForm = 0;
      long name = 0;
      long dir = 0;
      for (int i = 0; i < formats; i++) {
        long at = in.at();
        long value = value(in, form[i]);
        if (content[i] == DW_LNCT_PATH) {
          nameForm = (int) form[i];
          name = nameForm == DW_FORM_STRING ? at : relocated(at, value);
        } else if (content[i] == DW_LNCT_DIRECTORY_INDEX) {
          dir = value;
        }
      }
      to.add(nameForm, name, dir);
    }
  }

  /**
   * Reads a value of the forms that may stand in these tables, each of which takes at least a byte.
   */
  private long value(DwarfReader in, long form) {
    check(form > 0 && form <= DW_FORM_LINE_STRP);
    switch ((int) form) {
      case DW_FORM_STRING -> in.string();
      case DW_FORM_LINE_STRP, DW_FORM_STRP -> {
        return in.offset(dwarf64);
      }
      case DW_FORM_UDATA -> {
        return in.uleb();
      }
      case DW_FORM_DATA1 -> {
        return in.u8();
      }
      case DW_FORM_DATA2 -> {
        return in.u16();
      }
      case DW_FORM_DATA4 -> {
        return in.u32();
      }
      case DW_FORM_DATA8 -> {
        return in.u64();
      }
      case DW_FORM_DATA16 -> in.skip(16);
      case DW_FORM_BLOCK -> in.skip(in.uleb());
      case DW_FORM_BLOCK1 -> in.skip(in.u8());
      case DW_FORM_BLOCK2 -> in.skip(in.u16());
      case DW_FORM_BLOCK4 -> in.skip(in.u32());
      default -> check(false);
    }
    return 0;
  }

  /** An offset into a string section: with its relocation where it has one. */
  private long relocated(long at, long value) {
    int r = section.relocation(at);
    return r >= 0 && section.target(r) > 0 ? section.targetOffset(r) : value;
  }

  /**
   * A file's name with its directory, unless that is the one in which the compiler ran; null where
   * there is no such file.
   */
  String file(int number) {
    String name = name(files, number);
    if (name == null || name.isEmpty() || name.startsWith("/") || files.directory[number] == 0) {
      return name;
    }
    String dir = name(directories, files.directory[number]);
    if (dir == null || dir.isEmpty() || (version >= 5 && dir.equals(name(directories, 0)))) {
      return name;
    }
    return dir + "/" + name;
  }

  private String name(Entries entries, int number) {
    if (number < 0 || number >= entries.count) {
      return null;
    }
    MemorySegment s =
        switch (entries.form[number]) {
          case DW_FORM_STRING -> section.content();
          case DW_FORM_LINE_STRP -> strings.lineStrings();
          case DW_FORM_STRP -> strings.strings();
          default -> null;
        };
    long at = entries.name[number];
    if (s == null || at < 0 || at >= s.byteSize()) {
      return null;
    }
    int length = Names.length(s, at);
    if (length > MAX_NAME) {
      return null;
    }
    String name = Names.string(s, at, length);
    return name.chars().anyMatch(Character::isISOControl) ? null : name;
  }
}
