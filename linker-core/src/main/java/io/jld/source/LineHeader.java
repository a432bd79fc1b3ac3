package io.jld.source;

import io.jld.dwarf.DebugSection;
import io.jld.dwarf.DwarfReader;
import io.jld.dwarf.Encoding;
import io.jld.dwarf.Form;
import io.jld.link.NameBytes;
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

  /** Longer names are not shown. */
  private static final int MAX_NAME = 4096;

  private final LineStrings strings;
  private final DebugSection section;
  private final Encoding encoding;
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
    version = in.u16();
    encoding = new Encoding(version, 8, dwarf64); // which has no addresses
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
        directories.add(Form.STRING, at, 0);
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
    files.add(Form.STRING, at, in.uleb());
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
          name = nameForm == Form.STRING ? at : section.relocated(at, value);
        } else if (content[i] == DW_LNCT_DIRECTORY_INDEX) {
          dir = value;
        }
      }
      to.add(nameForm, name, dir);
    }
  }

  /** Reads a value of the forms that may stand in these tables, each of which takes a byte. */
  private long value(DwarfReader in, long form) {
    check(form > 0 && form <= Form.LINE_STRP && form != Form.FLAG_PRESENT);
    return Form.read(in, (int) form, encoding);
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
    byte[] s =
        switch (entries.form[number]) {
          case Form.STRING -> section.bytes();
          case Form.LINE_STRP -> strings.lineStrings();
          case Form.STRP -> strings.strings();
          default -> null;
        };
    long at = entries.name[number];
    if (s == null || at < 0 || at >= s.length) {
      return null;
    }
    int end = (int) at;
    while (end < s.length && s[end] != 0) {
      end++;
    }
    if (end - at > MAX_NAME) {
      return null;
    }
    String name = NameBytes.string(Arrays.copyOfRange(s, (int) at, end));
    return name.chars().anyMatch(Character::isISOControl) ? null : name;
  }
}
