package io.jld.amd64;

/**
 * The relocation types of the psABI ("Relocation Types", table 4.9), as their names stand there.
 *
 * <p>The letters of the formulas, here and in {@link Amd64Scan} and {@link Amd64Apply}: S is the
 * symbol's value, A the addend, P the address of the field, G the symbol's slot in the GOT, GOT the
 * address of {@code _GLOBAL_OFFSET_TABLE_}, L the symbol's PLT entry, Z the symbol's size, B the
 * address that the output is loaded at.
 *
 * <p>Three generations stand beside each other. Numbers up to 38 are the original ABI with its
 * thread-local storage and its large code model. 41 and 42 mark GOT loads whose instruction a
 * linker may rewrite. From 43 on the same relocations exist for longer encodings, because the
 * number tells how many bytes of the instruction stand before the field: {@code CODE_4} is a REX2
 * prefix (four bytes), {@code CODE_5} and {@code CODE_6} are the opcode maps of APX (five and six
 * bytes).
 */
final class Amd64Reloc {
  static final int R_X86_64_NONE = 0;
  static final int R_X86_64_64 = 1;
  static final int R_X86_64_PC32 = 2;
  static final int R_X86_64_GOT32 = 3;
  static final int R_X86_64_PLT32 = 4;
  static final int R_X86_64_COPY = 5;
  static final int R_X86_64_GLOB_DAT = 6;
  static final int R_X86_64_JUMP_SLOT = 7;
  static final int R_X86_64_RELATIVE = 8;
  static final int R_X86_64_GOTPCREL = 9;
  static final int R_X86_64_32 = 10;
  static final int R_X86_64_32S = 11;
  static final int R_X86_64_16 = 12;
  static final int R_X86_64_PC16 = 13;
  static final int R_X86_64_8 = 14;
  static final int R_X86_64_PC8 = 15;
  static final int R_X86_64_DTPMOD64 = 16;
  static final int R_X86_64_DTPOFF64 = 17;
  static final int R_X86_64_TPOFF64 = 18;
  static final int R_X86_64_TLSGD = 19;
  static final int R_X86_64_TLSLD = 20;
  static final int R_X86_64_DTPOFF32 = 21;
  static final int R_X86_64_GOTTPOFF = 22;
  static final int R_X86_64_TPOFF32 = 23;
  static final int R_X86_64_PC64 = 24;
  static final int R_X86_64_GOTOFF64 = 25;
  static final int R_X86_64_GOTPC32 = 26;
  static final int R_X86_64_GOT64 = 27;
  static final int R_X86_64_GOTPCREL64 = 28;
  static final int R_X86_64_GOTPC64 = 29;

  /** Withdrawn from the psABI; old objects mean {@code GOT64} by it. */
  static final int R_X86_64_GOTPLT64 = 30;

  static final int R_X86_64_PLTOFF64 = 31;
  static final int R_X86_64_SIZE32 = 32;
  static final int R_X86_64_SIZE64 = 33;
  static final int R_X86_64_GOTPC32_TLSDESC = 34;
  static final int R_X86_64_TLSDESC_CALL = 35;
  static final int R_X86_64_TLSDESC = 36;
  static final int R_X86_64_IRELATIVE = 37;

  /** Of x32 only. */
  static final int R_X86_64_RELATIVE64 = 38;

  /** {@code PC32} of an instruction with a BND prefix (MPX); withdrawn together with MPX. */
  static final int R_X86_64_PC32_BND = 39;

  /** {@code PLT32} of an instruction with a BND prefix (MPX); withdrawn together with MPX. */
  static final int R_X86_64_PLT32_BND = 40;

  static final int R_X86_64_GOTPCRELX = 41;
  static final int R_X86_64_REX_GOTPCRELX = 42;
  static final int R_X86_64_CODE_4_GOTPCRELX = 43;
  static final int R_X86_64_CODE_4_GOTTPOFF = 44;
  static final int R_X86_64_CODE_4_GOTPC32_TLSDESC = 45;
  static final int R_X86_64_CODE_5_GOTPCRELX = 46;
  static final int R_X86_64_CODE_5_GOTTPOFF = 47;
  static final int R_X86_64_CODE_5_GOTPC32_TLSDESC = 48;
  static final int R_X86_64_CODE_6_GOTPCRELX = 49;
  static final int R_X86_64_CODE_6_GOTTPOFF = 50;
  static final int R_X86_64_CODE_6_GOTPC32_TLSDESC = 51;

  /** GNU: tells {@code --gc-sections} about the inheritance of virtual tables; changes no byte. */
  static final int R_X86_64_GNU_VTINHERIT = 250;

  /** GNU: tells {@code --gc-sections} about the use of virtual tables; changes no byte. */
  static final int R_X86_64_GNU_VTENTRY = 251;

  /** Names without {@code R_X86_64_}; the index is the number. */
  private static final String[] NAMES = {
    "NONE", // 0
    "64",
    "PC32",
    "GOT32",
    "PLT32",
    "COPY", // 5
    "GLOB_DAT",
    "JUMP_SLOT",
    "RELATIVE",
    "GOTPCREL",
    "32", // 10
    "32S",
    "16",
    "PC16",
    "8",
    "PC8", // 15
    "DTPMOD64",
    "DTPOFF64",
    "TPOFF64",
    "TLSGD",
    "TLSLD", // 20
    "DTPOFF32",
    "GOTTPOFF",
    "TPOFF32",
    "PC64",
    "GOTOFF64", // 25
    "GOTPC32",
    "GOT64",
    "GOTPCREL64",
    "GOTPC64",
    "GOTPLT64", // 30
    "PLTOFF64",
    "SIZE32",
    "SIZE64",
    "GOTPC32_TLSDESC",
    "TLSDESC_CALL", // 35
    "TLSDESC",
    "IRELATIVE",
    "RELATIVE64",
    "PC32_BND",
    "PLT32_BND", // 40
    "GOTPCRELX",
    "REX_GOTPCRELX",
    "CODE_4_GOTPCRELX",
    "CODE_4_GOTTPOFF",
    "CODE_4_GOTPC32_TLSDESC", // 45
    "CODE_5_GOTPCRELX",
    "CODE_5_GOTTPOFF",
    "CODE_5_GOTPC32_TLSDESC",
    "CODE_6_GOTPCRELX",
    "CODE_6_GOTTPOFF", // 50
    "CODE_6_GOTPC32_TLSDESC",
  };

  private Amd64Reloc() {}

  /** Whether the psABI, or GNU's extension of it, has this number. */
  static boolean isKnown(int type) {
    return (type >= 0 && type < NAMES.length)
        || type == R_X86_64_GNU_VTINHERIT
        || type == R_X86_64_GNU_VTENTRY;
  }

  /** The type's name, {@code R_X86_64_PC32}; the number where the psABI has none. */
  static String name(int type) {
    if (type >= 0 && type < NAMES.length) {
      return "R_X86_64_" + NAMES[type];
    }
    return switch (type) {
      case R_X86_64_GNU_VTINHERIT -> "R_X86_64_GNU_VTINHERIT";
      case R_X86_64_GNU_VTENTRY -> "R_X86_64_GNU_VTENTRY";
      default -> Integer.toString(type);
    };
  }
}
