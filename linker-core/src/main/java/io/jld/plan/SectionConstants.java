package io.jld.plan;

import static io.jld.elf.Elf.*;

/** The names of {@code SHF_*} and {@code SHT_*} that a linker script may use. */
public final class SectionConstants {
  private static final long SHF_OS_NONCONFORMING = 0x100;

  private static final String[] NAMES = {
    "SHF_WRITE",
    "SHF_ALLOC",
    "SHF_EXECINSTR",
    "SHF_MERGE",
    "SHF_STRINGS",
    "SHF_INFO_LINK",
    "SHF_LINK_ORDER",
    "SHF_OS_NONCONFORMING",
    "SHF_GROUP",
    "SHF_TLS",
    "SHF_COMPRESSED",
    "SHF_GNU_RETAIN",
    "SHF_X86_64_LARGE",
    "SHF_EXCLUDE"
  };

  private static final long[] BITS = {
    SHF_WRITE,
    SHF_ALLOC,
    SHF_EXECINSTR,
    SHF_MERGE,
    SHF_STRINGS,
    SHF_INFO_LINK,
    SHF_LINK_ORDER,
    SHF_OS_NONCONFORMING,
    SHF_GROUP,
    SHF_TLS,
    SHF_COMPRESSED,
    SHF_GNU_RETAIN,
    SHF_X86_64_LARGE,
    SHF_EXCLUDE
  };

  private SectionConstants() {}

  /** The bit that a name stands for; 0 where it is none. */
  public static long bit(String name) {
    for (int i = 0; i < NAMES.length; i++) {
      if (NAMES[i].equals(name)) {
        return BITS[i];
      }
    }
    return 0;
  }

  /** All bits that have names. */
  static long[] bits() {
    return BITS.clone();
  }

  /** The name of one bit. */
  static String name(long bit) {
    for (int i = 0; i < BITS.length; i++) {
      if (BITS[i] == bit) {
        return NAMES[i];
      }
    }
    return "0x" + Long.toHexString(bit);
  }

  /**
   * The section type that a name stands for in {@code TYPE = SHT_NOTE}; -1 where it is none, or
   * null.
   */
  public static long type(String name) {
    return switch (name == null ? "" : name) {
      case "SHT_PROGBITS" -> SHT_PROGBITS;
      case "SHT_STRTAB" -> SHT_STRTAB;
      case "SHT_NOTE" -> SHT_NOTE;
      case "SHT_NOBITS" -> SHT_NOBITS;
      case "SHT_INIT_ARRAY" -> SHT_INIT_ARRAY;
      case "SHT_FINI_ARRAY" -> SHT_FINI_ARRAY;
      case "SHT_PREINIT_ARRAY" -> SHT_PREINIT_ARRAY;
      default -> -1;
    };
  }
}
