package io.jld.dwarf;

import io.jld.link.LinkException;

/**
 * How the values of attributes are written (DWARF 5, section 7.5.6; the last four are GNU
 * extensions of DWARF 4).
 */
public final class Form {
  public static final int ADDR = 0x01;
  public static final int BLOCK2 = 0x03;
  public static final int BLOCK4 = 0x04;
  public static final int DATA2 = 0x05;
  public static final int DATA4 = 0x06;
  public static final int DATA8 = 0x07;
  public static final int STRING = 0x08;
  public static final int BLOCK = 0x09;
  public static final int BLOCK1 = 0x0a;
  public static final int DATA1 = 0x0b;
  public static final int FLAG = 0x0c;
  public static final int SDATA = 0x0d;
  public static final int STRP = 0x0e;
  public static final int UDATA = 0x0f;
  public static final int REF_ADDR = 0x10;
  public static final int REF1 = 0x11;
  public static final int REF2 = 0x12;
  public static final int REF4 = 0x13;
  public static final int REF8 = 0x14;
  public static final int REF_UDATA = 0x15;
  public static final int INDIRECT = 0x16;
  public static final int SEC_OFFSET = 0x17;
  public static final int EXPRLOC = 0x18;
  public static final int FLAG_PRESENT = 0x19;
  public static final int STRX = 0x1a;
  public static final int ADDRX = 0x1b;
  public static final int REF_SUP4 = 0x1c;
  public static final int STRP_SUP = 0x1d;
  public static final int DATA16 = 0x1e;
  public static final int LINE_STRP = 0x1f;
  public static final int REF_SIG8 = 0x20;
  public static final int IMPLICIT_CONST = 0x21;
  public static final int LOCLISTX = 0x22;
  public static final int RNGLISTX = 0x23;
  public static final int REF_SUP8 = 0x24;
  public static final int STRX1 = 0x25;
  public static final int STRX2 = 0x26;
  public static final int STRX3 = 0x27;
  public static final int STRX4 = 0x28;
  public static final int ADDRX1 = 0x29;
  public static final int ADDRX2 = 0x2a;
  public static final int ADDRX3 = 0x2b;
  public static final int ADDRX4 = 0x2c;
  public static final int GNU_ADDR_INDEX = 0x1f01;
  public static final int GNU_STR_INDEX = 0x1f02;
  public static final int GNU_REF_ALT = 0x1f20;
  public static final int GNU_STRP_ALT = 0x1f21;

  /** {@link #size} of an offset, whose size the unit's format decides. */
  static final int OFFSET = -1;

  /** {@link #size} of an address, whose size the unit's header says. */
  static final int ADDRESS = -2;

  /** {@link #size} of what says itself how long it is. */
  static final int VARIABLE = -3;

  private Form() {}

  /** Bytes of a value, or one of the constants above. */
  static int size(int form) {
    return switch (form) {
      case FLAG_PRESENT, IMPLICIT_CONST -> 0;
      case DATA1, FLAG, REF1, STRX1, ADDRX1 -> 1;
      case DATA2, REF2, STRX2, ADDRX2 -> 2;
      case STRX3, ADDRX3 -> 3;
      case DATA4, REF4, STRX4, ADDRX4, REF_SUP4 -> 4;
      case DATA8, REF8, REF_SIG8, REF_SUP8 -> 8;
      case DATA16 -> 16;
      case STRP, SEC_OFFSET, STRP_SUP, LINE_STRP, GNU_REF_ALT, GNU_STRP_ALT -> OFFSET;
      case ADDR -> ADDRESS;
      default -> VARIABLE; // REF_ADDR is an address in DWARF 2
    };
  }

  /**
   * Reads a value.
   *
   * @return a number, an offset, an index or an address as it stands there; where a string begins;
   *     1 for a flag that is present; 0 for what has no such value
   * @throws LinkException where the form is not known
   */
  public static long read(DwarfReader in, int form, Encoding unit) {
    switch (form) {
      case STRING -> {
        int at = in.at();
        in.string();
        return at;
      }
      case FLAG_PRESENT -> {
        return 1;
      }
      case UDATA, REF_UDATA, STRX, ADDRX, LOCLISTX, RNGLISTX, GNU_ADDR_INDEX, GNU_STR_INDEX -> {
        return in.uleb();
      }
      case SDATA -> {
        return in.sleb();
      }
      case REF_ADDR -> {
        return unit.version() <= 2 ? in.unsigned(unit.addressSize()) : in.offset(unit.dwarf64());
      }
      case BLOCK1 -> in.skip(in.u8());
      case BLOCK2 -> in.skip(in.u16());
      case BLOCK4 -> in.skip(in.u32());
      case BLOCK, EXPRLOC -> in.skip(in.uleb());
      case DATA16 -> in.skip(16);
      default -> {
        int size = size(form);
        if (size == VARIABLE) {
          throw in.bad(in.at(), "unknown form 0x" + Integer.toHexString(form));
        }
        return size == OFFSET
            ? in.offset(unit.dwarf64())
            : size == ADDRESS ? in.unsigned(unit.addressSize()) : size == 0 ? 0 : in.unsigned(size);
      }
    }
    return 0;
  }
}
