package io.jld.plugin;

/**
 * What a symbol of intermediate code has turned out to be in the whole link; the order is that of
 * {@code enum ld_plugin_symbol_resolution}.
 */
public enum Resolution {
  UNKNOWN,

  /** It stays undefined. */
  UNDEF,

  /** This definition is the one, and machine code refers to it, or others may. */
  PREVAILING_DEF,

  /**
   * This definition is the one, and intermediate code alone refers to it: it may be inlined away.
   */
  PREVAILING_DEF_IRONLY,

  /** Another definition prevails, which is machine code. */
  PREEMPTED_REG,

  /** Another definition prevails, which is intermediate code. */
  PREEMPTED_IR,

  /** A reference to intermediate code. */
  RESOLVED_IR,

  /** A reference to machine code. */
  RESOLVED_EXEC,

  /** A reference to a shared library. */
  RESOLVED_DYN,

  /**
   * As {@link #PREVAILING_DEF_IRONLY}, but other modules may refer to it at run time; known to
   * plug-ins since the interface's second version.
   */
  PREVAILING_DEF_IRONLY_EXP
}
