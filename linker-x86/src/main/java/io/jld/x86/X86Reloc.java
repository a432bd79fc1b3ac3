package io.jld.x86;

/**
 * The relocation types of the i386 psABI ("Relocation Types", and "Thread-Local Storage").
 *
 * <p>i386 uses {@code SHT_REL}: a relocation is an offset, a type of 8 bits and a symbol, and the
 * addend A stands in the field that is relocated. Every field that holds one is a little-endian
 * number of 32, 16 or 8 bits; the comments name what is stored. S is the symbol's value, P the
 * field's address, G the address of a GOT slot, GOT that of {@code _GLOBAL_OFFSET_TABLE_}, L the
 * PLT entry, Z the symbol's size, B where the output is loaded, TP the thread pointer as an address
 * of the TLS segment, which is the segment's end.
 */
final class X86Reloc {
  static final int R_386_NONE = 0;
  static final int R_386_32 = 1; // S + A
  static final int R_386_PC32 = 2; // S + A - P
  static final int R_386_GOT32 =
      3; // G + A - GOT, or G + A where the instruction has no base register
  static final int R_386_PLT32 = 4; // L + A - P
  static final int R_386_COPY = 5; // loader: the symbol's content
  static final int R_386_GLOB_DAT = 6; // loader: S
  static final int R_386_JUMP_SLOT = 7; // loader: S
  static final int R_386_RELATIVE = 8; // loader: B + A
  static final int R_386_GOTOFF = 9; // S + A - GOT
  static final int R_386_GOTPC = 10; // GOT + A - P
  static final int R_386_32PLT = 11; // L + A
  static final int R_386_TLS_TPOFF = 14; // loader: S + A - TP
  static final int R_386_TLS_IE = 15; // address of the slot with S - TP
  static final int R_386_TLS_GOTIE = 16; // the same, less GOT
  static final int R_386_TLS_LE = 17; // S + A - TP
  static final int R_386_TLS_GD = 18; // two slots for ___tls_get_addr, less GOT
  static final int R_386_TLS_LDM = 19; // two slots for this module, less GOT
  static final int R_386_16 = 20; // S + A
  static final int R_386_PC16 = 21; // S + A - P
  static final int R_386_8 = 22; // S + A
  static final int R_386_PC8 = 23; // S + A - P
  static final int R_386_TLS_GD_32 =
      24; // 24 to 31: Sun's sequences, which no compiler of today emits
  static final int R_386_TLS_GD_PUSH = 25;
  static final int R_386_TLS_GD_CALL = 26;
  static final int R_386_TLS_GD_POP = 27;
  static final int R_386_TLS_LDM_32 = 28;
  static final int R_386_TLS_LDM_PUSH = 29;
  static final int R_386_TLS_LDM_CALL = 30;
  static final int R_386_TLS_LDM_POP = 31;
  static final int R_386_TLS_LDO_32 = 32; // offset of S + A in its module's TLS block
  static final int R_386_TLS_IE_32 = 33; // slot with TP - S, less GOT
  static final int R_386_TLS_LE_32 = 34; // TP - S + A
  static final int R_386_TLS_DTPMOD32 = 35; // loader: the symbol's TLS module
  static final int R_386_TLS_DTPOFF32 = 36; // loader: the symbol's offset in its module's TLS block
  static final int R_386_TLS_TPOFF32 = 37; // loader: TP - S
  static final int R_386_SIZE32 = 38; // Z + A
  static final int R_386_TLS_GOTDESC = 39; // two slots with a TLS descriptor, less GOT
  static final int R_386_TLS_DESC_CALL = 40; // marks the call through the descriptor; no field
  static final int R_386_TLS_DESC = 41; // loader: a TLS descriptor
  static final int R_386_IRELATIVE = 42; // loader: what B + A returns
  static final int R_386_GOT32X = 43; // as R_386_GOT32, and the instruction may be rewritten
  static final int R_386_GNU_VTINHERIT =
      250; // notes for a garbage collector of virtual tables; no field
  static final int R_386_GNU_VTENTRY = 251;

  private static final String[] NAMES = {
    "R_386_NONE",
    "R_386_32",
    "R_386_PC32",
    "R_386_GOT32",
    "R_386_PLT32",
    "R_386_COPY",
    "R_386_GLOB_DAT",
    "R_386_JUMP_SLOT",
    "R_386_RELATIVE",
    "R_386_GOTOFF",
    "R_386_GOTPC",
    "R_386_32PLT",
    null,
    null,
    "R_386_TLS_TPOFF",
    "R_386_TLS_IE",
    "R_386_TLS_GOTIE",
    "R_386_TLS_LE",
    "R_386_TLS_GD",
    "R_386_TLS_LDM",
    "R_386_16",
    "R_386_PC16",
    "R_386_8",
    "R_386_PC8",
    "R_386_TLS_GD_32",
    "R_386_TLS_GD_PUSH",
    "R_386_TLS_GD_CALL",
    "R_386_TLS_GD_POP",
    "R_386_TLS_LDM_32",
    "R_386_TLS_LDM_PUSH",
    "R_386_TLS_LDM_CALL",
    "R_386_TLS_LDM_POP",
    "R_386_TLS_LDO_32",
    "R_386_TLS_IE_32",
    "R_386_TLS_LE_32",
    "R_386_TLS_DTPMOD32",
    "R_386_TLS_DTPOFF32",
    "R_386_TLS_TPOFF32",
    "R_386_SIZE32",
    "R_386_TLS_GOTDESC",
    "R_386_TLS_DESC_CALL",
    "R_386_TLS_DESC",
    "R_386_IRELATIVE",
    "R_386_GOT32X"
  };

  private X86Reloc() {}

  /** The psABI's name; the number for a type that it lacks. */
  static String name(int type) {
    if (type >= 0 && type < NAMES.length && NAMES[type] != null) {
      return NAMES[type];
    }
    return switch (type) {
      case R_386_GNU_VTINHERIT -> "R_386_GNU_VTINHERIT";
      case R_386_GNU_VTENTRY -> "R_386_GNU_VTENTRY";
      default -> Integer.toString(type);
    };
  }

  /** Whether only a loader applies it, so that it has no place in an object file. */
  static boolean isDynamic(int type) {
    return switch (type) {
      case R_386_COPY,
          R_386_GLOB_DAT,
          R_386_JUMP_SLOT,
          R_386_RELATIVE,
          R_386_TLS_TPOFF,
          R_386_TLS_DTPMOD32,
          R_386_TLS_DTPOFF32,
          R_386_TLS_TPOFF32,
          R_386_TLS_DESC,
          R_386_IRELATIVE ->
          true;
      default -> false;
    };
  }

  /**
   * Width in bytes of the field that a relocation of an object file has: 4, 2, 1, or 0 for none.
   */
  static int width(int type) {
    return switch (type) {
      case R_386_32,
          R_386_PC32,
          R_386_GOT32,
          R_386_PLT32,
          R_386_GOTOFF,
          R_386_GOTPC,
          R_386_32PLT,
          R_386_TLS_IE,
          R_386_TLS_GOTIE,
          R_386_TLS_LE,
          R_386_TLS_GD,
          R_386_TLS_LDM,
          R_386_TLS_LDO_32,
          R_386_TLS_IE_32,
          R_386_TLS_LE_32,
          R_386_SIZE32,
          R_386_TLS_GOTDESC,
          R_386_GOT32X ->
          4;
      case R_386_16, R_386_PC16 -> 2;
      case R_386_8, R_386_PC8 -> 1;
      default -> 0;
    };
  }
}
