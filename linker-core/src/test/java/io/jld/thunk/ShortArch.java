package io.jld.thunk;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Thunks;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.testing.TestArch;

/**
 * {@link TestArch#WIDE} with branches that reach 4 KiB only. A thunk is 8 bytes, {@link #MARK} and
 * the distance, or twice that where its target is more than 16 KiB away.
 */
final class ShortArch implements Arch, Thunks {
  /** Four bytes: L + A - P. */
  static final int BRANCH = 4;

  static final int MARK = 0x4b4e5554;
  static final long REACH = 0x1000;
  static final int NEAR = 8;
  static final int FAR = 16;

  private final Arch others = TestArch.WIDE;

  @Override
  public ArchInfo info() {
    return others.info();
  }

  @Override
  public String relocationName(int type) {
    return type == BRANCH ? "BRANCH" : others.relocationName(type);
  }

  @Override
  public void scan(Link ctxt, Relocs relocs) {
    while (relocs.next()) {
      if (relocs.type() == BRANCH) {
        Scan.call(ctxt, relocs);
      } else {
        Scan.word(ctxt, relocs);
      }
    }
  }

  @Override
  public void apply(Link ctxt, Relocs r, Slice slice) {
    while (r.next()) {
      if (r.type() == BRANCH) {
        long distance = r.branchTarget(ctxt) - r.place();
        if (Math.abs(distance) > REACH) {
          r.outOfRange(distance, -REACH, REACH);
        }
        slice.put32(r.offset(), (int) distance);
      } else {
        slice.put64(r.offset(), ctxt.symbols().value(r.symbol()) + r.addend());
      }
    }
  }

  @Override
  public void applyDebug(Link ctxt, Relocs relocs, Slice slice) {
    others.applyDebug(ctxt, relocs, slice);
  }

  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    return 0;
  }

  @Override
  public int fieldSize(int type) {
    return type == BRANCH ? 4 : others.fieldSize(type);
  }

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {}

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {}

  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {}

  @Override
  public long lazySlotValue(Link ctxt, long plt, long entry) {
    return entry;
  }

  @Override
  public void asmb(Link ctxt) {
    others.asmb(ctxt);
  }

  @Override
  public void asmb2(Link ctxt) {
    others.asmb2(ctxt);
  }

  // Thunks

  @Override
  public Thunks thunks() {
    return this;
  }

  @Override
  public long reach() {
    return REACH;
  }

  @Override
  public long align() {
    return 8;
  }

  @Override
  public boolean isExtensible(Link ctxt, Relocs relocs) {
    return relocs.type() == BRANCH && !ctxt.symbols().isUndefinedWeak(relocs.symbol());
  }

  @Override
  public boolean reaches(int type, long place, long target) {
    return Math.abs(target - place) <= REACH;
  }

  @Override
  public int size(Link ctxt, long addr, long target) {
    return Math.abs(target - addr) <= 4 * REACH ? NEAR : FAR;
  }

  @Override
  public void write(Link ctxt, Slice slice, int size, long addr, long target) {
    slice.put32(0, MARK);
    slice.put32(4, (int) (target - addr));
  }

  @Override
  public String mappingSymbol() {
    return "$x";
  }
}
