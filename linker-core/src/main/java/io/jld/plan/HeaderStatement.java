package io.jld.plan;

import static io.jld.elf.Elf.*;

/**
 * A program header of {@code PHDRS}: {@code text PT_LOAD FILEHDR PHDRS AT(0x8000) FLAGS(5);}. What
 * is not said is null.
 *
 * @param name by which output sections name it
 * @param type a {@code PT_*}
 * @param fileHeader {@code FILEHDR}: the segment starts with the ELF header
 * @param programHeaders {@code PHDRS}: the segment holds the program headers
 * @param loadAddress {@code AT(address)}: {@code p_paddr}
 * @param flags {@code FLAGS(value)}: {@code p_flags}, else those of the sections
 */
public record HeaderStatement(
    Place place,
    String name,
    long type,
    boolean fileHeader,
    boolean programHeaders,
    Expression loadAddress,
    Expression flags) {
  /** In the list of an output section: no header. */
  public static final String NONE = "NONE";

  private static final String[] TYPES = {
    "PT_NULL",
    "PT_LOAD",
    "PT_DYNAMIC",
    "PT_INTERP",
    "PT_NOTE",
    "PT_SHLIB",
    "PT_PHDR",
    "PT_TLS",
    "PT_GNU_EH_FRAME",
    "PT_GNU_STACK",
    "PT_GNU_RELRO",
    "PT_GNU_PROPERTY"
  };

  /** The type that a name stands for, {@code PT_LOAD} for instance; -1 where it is none. */
  public static long type(String name) {
    return switch (name) {
      case "PT_NULL" -> PT_NULL;
      case "PT_LOAD" -> PT_LOAD;
      case "PT_DYNAMIC" -> PT_DYNAMIC;
      case "PT_INTERP" -> PT_INTERP;
      case "PT_NOTE" -> PT_NOTE;
      case "PT_SHLIB" -> PT_SHLIB;
      case "PT_PHDR" -> PT_PHDR;
      case "PT_TLS" -> PT_TLS;
      case "PT_GNU_EH_FRAME" -> PT_GNU_EH_FRAME;
      case "PT_GNU_STACK" -> PT_GNU_STACK;
      case "PT_GNU_RELRO" -> PT_GNU_RELRO;
      case "PT_GNU_PROPERTY" -> PT_GNU_PROPERTY;
      default -> -1;
    };
  }

  /** All names that {@link #type(String)} knows. */
  public static String[] typeNames() {
    return TYPES.clone();
  }

  /** The name that stands for a type, or its number. */
  static String typeName(long type) {
    for (String name : TYPES) {
      if (type(name) == type) {
        return name;
      }
    }
    return "0x" + Long.toHexString(type);
  }
}
