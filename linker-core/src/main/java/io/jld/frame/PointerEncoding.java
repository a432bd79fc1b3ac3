package io.jld.frame;

import io.jld.elf.Bytes;

/**
 * How pointers in {@code .eh_frame} are encoded (LSB, "DWARF Exception Header Encoding"; {@code
 * DW_EH_PE_*}).
 */
public final class PointerEncoding {
  static final int ABSPTR = 0x00;
  static final int UDATA4 = 0x03;
  static final int UDATA8 = 0x04;
  static final int SDATA4 = 0x0b;
  static final int SDATA8 = 0x0c;
  static final int PCREL = 0x10;
  static final int DATAREL = 0x30;
  private static final int ALIGNED = 0x50;
  static final int OMIT = 0xff;

  /** The augmentation says nothing that can be understood. */
  static final int UNKNOWN = -1;

  private final byte[] bytes;
  private final int wordSize;
  private int at;

  /**
   * @param at offset of the CIE's version
   */
  private PointerEncoding(byte[] bytes, int at, int wordSize) {
    this.bytes = bytes;
    this.at = at;
    this.wordSize = wordSize;
  }

  /**
   * How the FDEs of a CIE encode the addresses of their functions.
   *
   * @param cie the CIE, its length field included
   * @return {@code DW_EH_PE_*}, or {@link #UNKNOWN}
   */
  static int ofFdes(byte[] cie, int wordSize) {
    try {
      // between the length and the version are four bytes of 0, which say that this is a CIE
      int version = (Bytes.s32(cie, 0) == -1 ? 12 : 4) + 4;
      return new PointerEncoding(cie, version, wordSize).parse();
    } catch (IndexOutOfBoundsException e) {
      return UNKNOWN;
    }
  }

  /** Bytes of a pointer; 0 where that is not known or not the same for all. */
  static int width(int encoding, int wordSize) {
    if (encoding == UNKNOWN) {
      return 0;
    }
    return switch (encoding & 0x0f) {
      case ABSPTR -> wordSize;
      case UDATA4, SDATA4 -> 4;
      case UDATA8, SDATA8 -> 8;
      default -> 0;
    };
  }

  /**
   * Whether the address is S + A of the relocation at the field: nothing else is added to it when
   * it is read.
   */
  static boolean isAddress(int encoding) {
    int format = encoding & 0x0f;
    int application = encoding & 0xf0;
    return encoding != UNKNOWN
        && (application == 0 || application == PCREL)
        && (format == ABSPTR
            || format == UDATA4
            || format == SDATA4
            || format == UDATA8
            || format == SDATA8);
  }

  private int parse() {
    int version = u8();
    if (version != 1 && version != 3 && version != 4) {
      return UNKNOWN;
    }
    int augmentation = at;
    while (u8() != 0) {}
    if (bytes[augmentation] == 0) {
      return ABSPTR;
    }
    if (bytes[augmentation] != 'z') {
      return UNKNOWN;
    }
    if (version == 4) {
      skip(2); // address and segment size
    }
    leb();
    leb();
    if (version == 1) {
      u8();
    } else {
      leb();
    }
    leb();
    return augmented(augmentation + 1);
  }

  /** Goes through the letters of the augmentation and their data, up to {@code R}. */
  private int augmented(int letter) {
    for (int p = letter; ; p++) {
      switch (bytes[p]) {
        case 'R' -> {
          return u8();
        }
        case 'L' -> u8();
        case 'P' -> {
          int personality = u8();
          if ((personality & 0x70) == ALIGNED) {
            return UNKNOWN;
          }
          switch (personality & 0x0f) {
            case ABSPTR -> skip(wordSize);
            case UDATA4, SDATA4 -> skip(4);
            case UDATA8, SDATA8 -> skip(8);
            default -> {
              return UNKNOWN;
            }
          }
        }
        case 'S', 'B' -> {}
        case 0 -> {
          return ABSPTR;
        }
        default -> {
          return UNKNOWN;
        }
      }
    }
  }

  private int u8() {
    skip(1);
    return bytes[at - 1] & 0xff;
  }

  private void skip(int n) {
    if (n > bytes.length - at) {
      throw new IndexOutOfBoundsException();
    }
    at += n;
  }

  /** Passes over a number of 7 bits a byte. */
  private void leb() {
    while ((u8() & 0x80) != 0) {}
  }
}
