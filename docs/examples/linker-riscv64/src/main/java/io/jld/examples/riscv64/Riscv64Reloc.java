package io.jld.examples.riscv64;

import java.util.HashMap;
import java.util.Map;

/** The relocation types (psABI, "Relocations"): their numbers, names and fields. */
final class Riscv64Reloc {
  static final int R_RISCV_NONE = 0;
  static final int R_RISCV_32 = 1;
  static final int R_RISCV_64 = 2;
  static final int R_RISCV_RELATIVE = 3;
  static final int R_RISCV_COPY = 4;
  static final int R_RISCV_JUMP_SLOT = 5;
  static final int R_RISCV_TLS_DTPMOD32 = 6;
  static final int R_RISCV_TLS_DTPMOD64 = 7;
  static final int R_RISCV_TLS_DTPREL32 = 8;
  static final int R_RISCV_TLS_DTPREL64 = 9;
  static final int R_RISCV_TLS_TPREL32 = 10;
  static final int R_RISCV_TLS_TPREL64 = 11;
  static final int R_RISCV_TLSDESC = 12;
  static final int R_RISCV_BRANCH = 16;
  static final int R_RISCV_JAL = 17;
  static final int R_RISCV_CALL = 18;
  static final int R_RISCV_CALL_PLT = 19;
  static final int R_RISCV_GOT_HI20 = 20;
  static final int R_RISCV_TLS_GOT_HI20 = 21;
  static final int R_RISCV_TLS_GD_HI20 = 22;
  static final int R_RISCV_PCREL_HI20 = 23;
  static final int R_RISCV_PCREL_LO12_I = 24;
  static final int R_RISCV_PCREL_LO12_S = 25;
  static final int R_RISCV_HI20 = 26;
  static final int R_RISCV_LO12_I = 27;
  static final int R_RISCV_LO12_S = 28;
  static final int R_RISCV_TPREL_HI20 = 29;
  static final int R_RISCV_TPREL_LO12_I = 30;
  static final int R_RISCV_TPREL_LO12_S = 31;
  static final int R_RISCV_TPREL_ADD = 32;
  static final int R_RISCV_ADD8 = 33;
  static final int R_RISCV_ADD16 = 34;
  static final int R_RISCV_ADD32 = 35;
  static final int R_RISCV_ADD64 = 36;
  static final int R_RISCV_SUB8 = 37;
  static final int R_RISCV_SUB16 = 38;
  static final int R_RISCV_SUB32 = 39;
  static final int R_RISCV_SUB64 = 40;
  static final int R_RISCV_GOT32_PCREL = 41;
  static final int R_RISCV_ALIGN = 43;
  static final int R_RISCV_RVC_BRANCH = 44;
  static final int R_RISCV_RVC_JUMP = 45;
  static final int R_RISCV_RELAX = 51;
  static final int R_RISCV_SUB6 = 52;
  static final int R_RISCV_SET6 = 53;
  static final int R_RISCV_SET8 = 54;
  static final int R_RISCV_SET16 = 55;
  static final int R_RISCV_SET32 = 56;
  static final int R_RISCV_32_PCREL = 57;
  static final int R_RISCV_IRELATIVE = 58;
  static final int R_RISCV_PLT32 = 59;
  static final int R_RISCV_SET_ULEB128 = 60;
  static final int R_RISCV_SUB_ULEB128 = 61;
  static final int R_RISCV_TLSDESC_HI20 = 62;
  static final int R_RISCV_TLSDESC_LOAD_LO12 = 63;
  static final int R_RISCV_TLSDESC_ADD_LO12 = 64;
  static final int R_RISCV_TLSDESC_CALL = 65;

  private static final Map<Integer, String> NAMES = new HashMap<>();

  static {
    String all =
        "0 NONE 1 32 2 64 3 RELATIVE 4 COPY 5 JUMP_SLOT 6 TLS_DTPMOD32 7 TLS_DTPMOD64"
            + " 8 TLS_DTPREL32 9 TLS_DTPREL64 10 TLS_TPREL32 11 TLS_TPREL64 12 TLSDESC 16 BRANCH"
            + " 17 JAL 18 CALL 19 CALL_PLT 20 GOT_HI20 21 TLS_GOT_HI20 22 TLS_GD_HI20"
            + " 23 PCREL_HI20 24 PCREL_LO12_I 25 PCREL_LO12_S 26 HI20 27 LO12_I 28 LO12_S"
            + " 29 TPREL_HI20 30 TPREL_LO12_I 31 TPREL_LO12_S 32 TPREL_ADD 33 ADD8 34 ADD16"
            + " 35 ADD32 36 ADD64 37 SUB8 38 SUB16 39 SUB32 40 SUB64 41 GOT32_PCREL 43 ALIGN"
            + " 44 RVC_BRANCH 45 RVC_JUMP 51 RELAX 52 SUB6 53 SET6 54 SET8 55 SET16 56 SET32"
            + " 57 32_PCREL 58 IRELATIVE 59 PLT32 60 SET_ULEB128 61 SUB_ULEB128 62 TLSDESC_HI20"
            + " 63 TLSDESC_LOAD_LO12 64 TLSDESC_ADD_LO12 65 TLSDESC_CALL";
    String[] words = all.split(" ");
    for (int i = 0; i < words.length; i += 2) {
      NAMES.put(Integer.valueOf(words[i]), "R_RISCV_" + words[i + 1]);
    }
  }

  private Riscv64Reloc() {}

  static String name(int type) {
    String name = NAMES.get(type);
    return name == null ? Integer.toString(type) : name;
  }

  static boolean isKnown(int type) {
    return NAMES.containsKey(type);
  }

  /** Bytes of the type's field, from the relocation's offset on; of a call only the first four. */
  static int width(int type) {
    return switch (type) {
      case R_RISCV_NONE, R_RISCV_ALIGN, R_RISCV_RELAX -> 0;
      case R_RISCV_ADD8,
          R_RISCV_SUB8,
          R_RISCV_SET8,
          R_RISCV_SUB6,
          R_RISCV_SET6,
          R_RISCV_SET_ULEB128,
          R_RISCV_SUB_ULEB128 ->
          1;
      case R_RISCV_ADD16, R_RISCV_SUB16, R_RISCV_SET16, R_RISCV_RVC_BRANCH, R_RISCV_RVC_JUMP -> 2;
      case R_RISCV_64, R_RISCV_ADD64, R_RISCV_SUB64, R_RISCV_TLS_DTPREL64 -> 8;
      default -> isKnown(type) ? 4 : 0;
    };
  }

  /** Whether it is that of an {@code auipc} to which a {@code PCREL_LO12} may belong. */
  static boolean isHigh(int type) {
    return switch (type) {
      case R_RISCV_PCREL_HI20, R_RISCV_GOT_HI20, R_RISCV_TLS_GOT_HI20, R_RISCV_TLS_GD_HI20 -> true;
      default -> false;
    };
  }
}
