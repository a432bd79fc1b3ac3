package io.jld.source;

import io.jld.arch.Arch;
import io.jld.dwarf.DebugSection;
import io.jld.dwarf.DwarfReader;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which line each instruction of an object comes from: the rows that the line programs of its
 * {@code .debug_line} make (DWARF 5, section 6.2), in columns. A sequence of rows belongs to one
 * section, the one that the relocation of its first address names.
 */
public final class LineTable {
  private static final int DW_LNS_COPY = 1;
  private static final int DW_LNS_ADVANCE_PC = 2;
  private static final int DW_LNS_ADVANCE_LINE = 3;
  private static final int DW_LNS_SET_FILE = 4;
  private static final int DW_LNS_CONST_ADD_PC = 8;
  private static final int DW_LNS_FIXED_ADVANCE_PC = 9;
  private static final int DW_LNE_END_SEQUENCE = 1;
  private static final int DW_LNE_SET_ADDRESS = 2;
  private static final int DW_LNE_DEFINE_FILE = 3;

  /** Rows, which are at most one for each byte: an object with more has no lines. */
  private static final int MAX_ROWS = 1 << 22;

  /** How much larger than its file an object's tables may be, once they are decompressed. */
  private static final long MAX_RATIO = 16;

  private final ObjectFile file;
  private final Arch arch;
  private final List<Sequence> sequences = new ArrayList<>();
  private int count;
  private long[] address = new long[64];
  private int[] line = new int[64];
  private int[] fileNumber = new int[64];

  /** Rows {@code from} to {@code to}, the last of which only says where the sequence ends. */
  private record Sequence(LineHeader header, int section, int from, int to) {}

  private LineTable(ObjectFile file, Arch arch) {
    this.file = file;
    this.arch = arch;
  }

  /** An object's table: as much of it as is sound. */
  static LineTable of(ObjectFile file, Arch arch) {
    LineTable t = new LineTable(file, arch);
    long budget = file.data().byteSize() * MAX_RATIO;
    LineStrings strings = new LineStrings(file, arch, budget);
    for (int i = 1; i < file.sectionCount() && budget > 0; i++) {
      if (isLines(file, i)) {
        try {
          DebugSection s = new DebugSection(file, i, arch, budget);
          budget -= Math.max(s.cost(), 1);
          t.readUnits(s, strings);
        } catch (RuntimeException e) {
          // what has been read so far stays valid
        }
      }
    }
    t.sequences.sort(
        Comparator.comparingInt(Sequence::section).thenComparingLong(s -> t.address[s.from()]));
    return t;
  }

  /** gas puts the lines of {@code .text.x} into {@code .debug_line.text.x} if it is asked to. */
  private static boolean isLines(ObjectFile file, int section) {
    long name = file.nameOffsetOf(section);
    return file.isNamed(section, ".debug_line")
        || (Names.startsWith(file.sectionNames(), name, ".debug_line.")
            && !file.isNamed(section, ".debug_line.dwo"));
  }

  private void readUnits(DebugSection s, LineStrings strings) {
    for (DwarfReader all = s.reader(0); all.hasMore(); ) {
      int to = all.unitEnd();
      boolean dwarf64 = to < 0;
      int end = dwarf64 ? ~to : to;
      int before = count;
      try {
        readUnit(s.reader(all.at(), end), dwarf64, s, strings);
      } catch (RuntimeException e) {
        count = Math.max(before, sequences.isEmpty() ? 0 : sequences.getLast().to());
      }
      all.seek(end);
    }
  }

  private void readUnit(DwarfReader in, boolean dwarf64, DebugSection s, LineStrings strings) {
    LineHeader h = new LineHeader(in, dwarf64, s, strings);
    while (in.hasMore()) {
      readSequence(in, h, s);
    }
  }

  /** Runs the line program up to the end of a sequence (DWARF 5, section 6.2.5). */
  private void readSequence(DwarfReader in, LineHeader h, DebugSection s) {
    int from = count;
    int section = 0;
    long addr = 0;
    int row = 1;
    int number = 1;
    boolean sound = true;
    while (in.hasMore()) {
      int opcode = in.u8();
      if (opcode >= h.opcodeBase) {
        int adjusted = opcode - h.opcodeBase;
        addr += (long) (adjusted / h.lineRange) * h.minInstructionLength;
        row += h.lineBase + adjusted % h.lineRange;
        sound &= add(from, addr, row, number);
        continue;
      }
      switch (opcode) {
        case 0 -> {
          long length = in.uleb();
          long at = in.at();
          int extended = length == 0 ? 0 : in.u8();
          if (extended == DW_LNE_END_SEQUENCE) {
            in.seek(at + length);
            sound &= add(from, addr, 0, 0) && section > 0;
            if (sound) {
              sequences.add(new Sequence(h, section, from, count));
            } else {
              count = from;
            }
            return;
          } else if (extended == DW_LNE_SET_ADDRESS) {
            int r = s.relocation(in.at());
            int target = r < 0 ? 0 : s.target(r);
            sound &= section == 0 || section == target;
            section = target;
            addr = r < 0 ? 0 : s.targetOffset(r);
          } else if (extended == DW_LNE_DEFINE_FILE) {
            h.defineFile(in);
          }
          in.seek(at + length);
        }
        case DW_LNS_COPY -> sound &= add(from, addr, row, number);
        case DW_LNS_ADVANCE_PC -> addr += in.uleb() * h.minInstructionLength;
        case DW_LNS_ADVANCE_LINE -> row += (int) in.sleb();
        case DW_LNS_SET_FILE -> number = (int) in.uleb();
        case DW_LNS_CONST_ADD_PC ->
            addr += (long) ((255 - h.opcodeBase) / h.lineRange) * h.minInstructionLength;
        case DW_LNS_FIXED_ADVANCE_PC -> addr += in.u16();
        default -> {
          for (int i = 0; i < h.operands[opcode]; i++) {
            in.uleb();
          }
        }
      }
    }
    count = from; // a sequence without an end
  }

  /**
   * Adds a row; one of the same address takes the place of the last. False where addresses go down.
   */
  private boolean add(int from, long addr, int row, int number) {
    if (count > from && address[count - 1] == addr) {
      count--;
    } else if (count > from && address[count - 1] > addr) {
      return false;
    }
    if (count == MAX_ROWS) {
      throw new IllegalArgumentException("too many rows");
    }
    if (count == address.length) {
      address = Arrays.copyOf(address, 2 * count);
      line = Arrays.copyOf(line, 2 * count);
      fileNumber = Arrays.copyOf(fileNumber, 2 * count);
    }
    address[count] = addr;
    line[count] = row;
    fileNumber[count] = number;
    count++;
    return true;
  }

  /** The file and line of a place; null where the table doesn't tell. */
  String at(int section, long offset) {
    int lo = 0;
    int hi = sequences.size();
    while (lo < hi) { // finds the first sequence after the place
      int mid = (lo + hi) >>> 1;
      Sequence s = sequences.get(mid);
      if (s.section() < section || (s.section() == section && address[s.from()] <= offset)) {
        lo = mid + 1;
      } else {
        hi = mid;
      }
    }
    if (lo == 0) {
      return null;
    }
    Sequence s = sequences.get(lo - 1);
    if (s.section() != section || offset >= address[s.to() - 1]) {
      return null;
    }
    int i = Arrays.binarySearch(address, s.from(), s.to(), offset);
    int row = i >= 0 ? i : -i - 2;
    String name = line[row] <= 0 ? null : name(s.header(), fileNumber[row]);
    return name == null || name.isEmpty() ? null : name + ":" + line[row];
  }

  private static String name(LineHeader header, int number) {
    try {
      return header.file(number);
    } catch (RuntimeException e) {
      return null; // a string section that is damaged
    }
  }
}
