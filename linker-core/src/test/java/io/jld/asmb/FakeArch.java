package io.jld.asmb;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.Relocs;
import java.util.List;

/** An architecture that has data and no functions. */
final class FakeArch implements Arch {
  static final byte[] CODE_PAD = {(byte) 0xcc};
  static final byte[] NOP_PAD = {0x66, (byte) 0x90};

  @Override
  public ArchInfo info() {
    return new ArchInfo(
        "fake",
        List.of(),
        List.of("elf_fake"),
        List.of("elf64-fake"),
        0xfa4e,
        true,
        true,
        4096,
        4096,
        0x400000,
        "/lib/ld-fake.so",
        CODE_PAD,
        NOP_PAD,
        new ArchInfo.DynamicTypes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        new ArchInfo.PltSizes(16, 16, 16));
  }

  @Override
  public String relocationName(int type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void scan(Link ctxt, Relocs relocs) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void apply(Link ctxt, Relocs relocs, Slice slice) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void applyDebug(Link ctxt, Relocs relocs, Slice slice) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int fieldSize(int type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long lazySlotValue(Link ctxt, long plt, long entry) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void asmb(Link ctxt) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void asmb2(Link ctxt) {
    throw new UnsupportedOperationException();
  }
}
