package io.jld.plugin;

import io.jld.elf.Elf;

/**
 * What a plug-in says of a symbol of a file that it has claimed ({@code struct ld_plugin_symbol}).
 *
 * @param name with its version, {@code NAME@VERSION}, where there is one
 * @param visibility {@code STV_DEFAULT} and so on
 * @param size in bytes; of a common symbol alone it counts
 * @param comdat signature of the COMDAT group that defines it; null: none
 */
public record PluginSymbol(
    String name, Kind kind, Type type, int visibility, long size, String comdat) {
  /** {@code enum ld_plugin_symbol_kind}, in its order. */
  public enum Kind {
    DEF,
    WEAKDEF,
    UNDEF,
    WEAKUNDEF,
    COMMON;

    public boolean isUndefined() {
      return this == UNDEF || this == WEAKUNDEF;
    }

    public boolean isWeak() {
      return this == WEAKDEF || this == WEAKUNDEF;
    }
  }

  /** {@code enum ld_plugin_symbol_type}, in its order. */
  public enum Type {
    UNKNOWN,
    FUNCTION,
    VARIABLE
  }

  /** {@code st_other} by {@code enum ld_plugin_symbol_visibility}, which has another order. */
  static int visibility(int ldpv) {
    return switch (ldpv) {
      case 1 -> Elf.STV_PROTECTED;
      case 2 -> Elf.STV_INTERNAL;
      case 3 -> Elf.STV_HIDDEN;
      default -> Elf.STV_DEFAULT;
    };
  }
}
