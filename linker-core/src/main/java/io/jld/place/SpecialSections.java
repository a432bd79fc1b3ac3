package io.jld.place;

import static io.jld.elf.Elf.*;

/**
 * Output sections whose names say a type and flags (gABI, "Special Sections"), as far as it shows:
 * a script may make one of them without an input section that brings its own.
 */
final class SpecialSections {
  private SpecialSections() {}

  /** The type; 0 where the name says nothing. */
  static int type(String name) {
    if (isFamily(name, ".init_array")) {
      return SHT_INIT_ARRAY;
    }
    if (isFamily(name, ".fini_array")) {
      return SHT_FINI_ARRAY;
    }
    if (isFamily(name, ".preinit_array")) {
      return SHT_PREINIT_ARRAY;
    }
    if (isFamily(name, ".bss") || isFamily(name, ".tbss") || isFamily(name, ".noinit")) {
      return SHT_NOBITS;
    }
    if (name.startsWith(".note") && !name.equals(".note.GNU-stack")) {
      return SHT_NOTE;
    }
    if (name.startsWith(".rela")) {
      return SHT_RELA;
    }
    if (name.equals(".relr.dyn")) {
      return SHT_RELR;
    }
    if (name.startsWith(".rel")) {
      return SHT_REL;
    }
    return switch (name) {
      case ".dynamic" -> SHT_DYNAMIC;
      case ".dynstr", ".strtab", ".shstrtab" -> SHT_STRTAB;
      case ".dynsym" -> SHT_DYNSYM;
      case ".hash" -> SHT_HASH;
      case ".gnu.hash" -> SHT_GNU_HASH;
      case ".gnu.version" -> SHT_GNU_VERSYM;
      case ".gnu.version_d" -> SHT_GNU_VERDEF;
      case ".gnu.version_r" -> SHT_GNU_VERNEED;
      default -> flags(name) != 0 ? SHT_PROGBITS : 0;
    };
  }

  /** The flags; 0 where the name says nothing. */
  static long flags(String name) {
    if (isFamily(name, ".tdata") || isFamily(name, ".tbss")) {
      return SHF_ALLOC | SHF_WRITE | SHF_TLS;
    }
    if (isFamily(name, ".text") || name.equals(".init") || name.equals(".fini")) {
      return SHF_ALLOC | SHF_EXECINSTR;
    }
    if (isFamily(name, ".rodata") || name.equals(".rodata1")) {
      return SHF_ALLOC;
    }
    if (isFamily(name, ".data")
        || name.equals(".data1")
        || isFamily(name, ".bss")
        || isFamily(name, ".noinit")
        || isFamily(name, ".init_array")
        || isFamily(name, ".fini_array")
        || isFamily(name, ".preinit_array")
        || name.equals(".got")) {
      return SHF_ALLOC | SHF_WRITE;
    }
    return switch (name) {
      case ".plt" -> SHF_ALLOC | SHF_EXECINSTR;
      case ".dynamic", ".dynstr", ".dynsym", ".hash", ".gnu.hash", ".relr.dyn" -> SHF_ALLOC;
      default -> 0;
    };
  }

  private static boolean isFamily(String name, String family) {
    return name.startsWith(family)
        && (name.length() == family.length() || name.charAt(family.length()) == '.');
  }
}
