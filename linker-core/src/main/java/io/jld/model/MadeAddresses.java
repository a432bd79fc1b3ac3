package io.jld.model;

/** Addresses of what the linker makes, as architectures ask for them while they write. */
public interface MadeAddresses {
  /** As {@link io.jld.asmb.Link#tlsLdSlot}. */
  long tlsLdSlot();

  /** As {@link io.jld.asmb.Link#gotBase}. */
  long gotBase();

  /** As {@link io.jld.asmb.Link#gotPlt}. */
  long gotPlt();

  /** As {@link io.jld.asmb.Link#dynamicAddr}. */
  long dynamicAddr();
}
