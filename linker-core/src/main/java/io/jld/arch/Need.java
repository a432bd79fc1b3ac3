package io.jld.arch;

/**
 * What a relocation asks for on behalf of a symbol: bits for {@link Symbols#need}.
 *
 * @since 0.1
 */
public final class Need {
  /** A GOT slot with the symbol's address. */
  public static final int GOT = 1;

  /** A PLT entry for calls. */
  public static final int PLT = 1 << 1;

  /**
   * A PLT entry that is the symbol's address for the whole program (psABI, "Function Addresses").
   */
  public static final int CANONICAL_PLT = 1 << 2;

  /** A GOT slot with the offset from the thread pointer (initial exec). */
  public static final int TP_OFF = 1 << 3;

  /** Two GOT slots for {@code __tls_get_addr} (general dynamic). */
  public static final int TLS_GD = 1 << 4;

  /** Two GOT slots with a TLS descriptor. */
  public static final int TLS_DESC = 1 << 5;

  /** The content copied into this output at load time ({@code R_*_COPY}). */
  public static final int COPY = 1 << 6;

  /** An entry in {@code .dynsym}, because a dynamic relocation names the symbol. */
  public static final int DYNSYM = 1 << 7;

  private Need() {}
}
