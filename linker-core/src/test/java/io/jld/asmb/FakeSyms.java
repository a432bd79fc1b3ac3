package io.jld.asmb;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Symbols with content that depends on their addresses. To finish one is to set its first byte to
 * 0x42, so that a symbol that wasn't, or in the wrong place, shows; every third symbol has no
 * content to copy and is made by finish as a whole.
 */
final class FakeSyms implements SymList {
  /** Called at the start of each finish. */
  interface Hook {
    void finish(Link ctxt, int i);
  }

  private record Sym(long value, long size, boolean sub) {}

  private final List<Sym> syms = new ArrayList<>();
  Hook hook = (ctxt, i) -> {};

  FakeSyms add(long value, long size) {
    syms.add(new Sym(value, size, false));
    return this;
  }

  FakeSyms sub(long value, long size) {
    syms.add(new Sym(value, size, true));
    return this;
  }

  /** Random symbols with gaps, empty ones and sub-symbols between them, in [addr, addr+size). */
  static FakeSyms random(long seed, long addr, long size, int largest) {
    Random random = new Random(seed);
    FakeSyms syms = new FakeSyms();
    long at = addr + random.nextInt(100);
    while (true) {
      int n = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(largest);
      if (at + n > addr + size) {
        return syms;
      }
      syms.add(at, n);
      if (n > 10 && random.nextInt(4) == 0) {
        syms.sub(at, 5).sub(at + 5, n - 5);
      }
      at += n + (random.nextInt(3) == 0 ? random.nextInt(64) : 0);
    }
  }

  @Override
  public int count() {
    return syms.size();
  }

  @Override
  public long value(int i) {
    return syms.get(i).value;
  }

  @Override
  public long size(int i) {
    return syms.get(i).size;
  }

  @Override
  public boolean isSubSymbol(int i) {
    return syms.get(i).sub;
  }

  @Override
  public MemorySegment content(int i) {
    return value(i) % 3 == 0 ? null : MemorySegment.ofArray(make(i));
  }

  private byte[] make(int i) {
    byte[] bytes = new byte[Math.toIntExact(size(i))];
    for (int k = 0; k < bytes.length; k++) {
      bytes[k] = (byte) ((value(i) + k) * 0x9e3779b97f4a7c15L >>> 56);
    }
    return bytes;
  }

  @Override
  public void finish(Link ctxt, int i, MemorySegment slice) {
    hook.finish(ctxt, i);
    if (content(i) == null) {
      MemorySegment.copy(make(i), 0, slice, ValueLayout.JAVA_BYTE, 0, Math.toIntExact(size(i)));
    }
    slice.set(ValueLayout.JAVA_BYTE, 0, (byte) 0x42);
  }

  /** What [addr, addr+size) has to be, found in the plainest way. */
  byte[] expect(long addr, int size, byte... pad) {
    byte[] all = new byte[size];
    int at = 0;
    for (int i = 0; i < count(); i++) {
      if (!isSubSymbol(i) && size(i) > 0 && value(i) >= addr && value(i) < addr + size) {
        at = pad(all, at, (int) (value(i) - addr), pad);
        System.arraycopy(make(i), 0, all, at, (int) size(i));
        all[at] = 0x42;
        at += (int) size(i);
      }
    }
    pad(all, at, size, pad);
    return all;
  }

  private static int pad(byte[] all, int from, int to, byte[] pad) {
    for (int k = from; k < to; k++) {
      all[k] = pad[(k - from) % pad.length];
    }
    return to;
  }
}
