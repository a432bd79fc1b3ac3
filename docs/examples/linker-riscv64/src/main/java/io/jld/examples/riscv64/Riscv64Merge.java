package io.jld.examples.riscv64;

import io.jld.arch.AttributeSection;
import io.jld.arch.ObjectMerge;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;

/**
 * What objects say of themselves, merged: {@code e_flags} (psABI, "File Header") and {@code
 * .riscv.attributes}. The output may use the extensions that any object uses; how arguments are
 * passed all have to agree upon.
 */
final class Riscv64Merge implements ObjectMerge {
  private static final int FLOAT_ABI = 0x6;
  private static final int RVE = 0x8;
  private static final String[] FLOATS = {
    "the soft-float ABI", "the single-float ABI", "the double-float ABI", "the quad-float ABI"
  };
  private static final AttributeSection SECTION =
      new AttributeSection(".riscv.attributes", 0x70000003, 0x70000003);

  private final Link ctxt;
  private final Riscv64Attributes merged = new Riscv64Attributes();

  /** The first object, which decides about the ABI. */
  private Location first;

  private int flags;

  Riscv64Merge(Link ctxt) {
    this.ctxt = ctxt;
  }

  @Override
  public void addFlags(Location object, int objectFlags) {
    if (first == null) {
      first = object;
      flags = objectFlags;
      return;
    }
    if (((objectFlags ^ flags) & FLOAT_ABI) != 0) {
      ObjectMerge.incompatible(ctxt, object, floats(objectFlags), first, floats(flags));
    }
    if (((objectFlags ^ flags) & RVE) != 0) {
      ObjectMerge.incompatible(ctxt, object, registers(objectFlags), first, registers(flags));
    }
    flags |= objectFlags & ~(FLOAT_ABI | RVE);
  }

  private static String floats(int flags) {
    return FLOATS[(flags & FLOAT_ABI) >> 1];
  }

  private static String registers(int flags) {
    return (flags & RVE) != 0 ? "16 registers (RVE)" : "32 registers";
  }

  @Override
  public int flags() {
    return flags;
  }

  @Override
  public AttributeSection attributeSection() {
    return SECTION;
  }

  @Override
  public void addAttributes(Location section, Slice content) {
    Riscv64Attributes own;
    try {
      own = Riscv64Attributes.read(content);
    } catch (IllegalArgumentException e) {
      ctxt.error(DiagnosticCode.MALFORMED_CONTENT, section, e.getMessage());
      return;
    }
    merged.merge(ctxt, section, own);
  }

  @Override
  public byte[] attributes() {
    return merged.write();
  }
}
