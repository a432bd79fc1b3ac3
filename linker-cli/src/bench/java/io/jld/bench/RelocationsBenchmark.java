package io.jld.bench;

import io.jld.arch.Arch;
import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.asmb.Tasks;
import io.jld.link.Location;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Applies amd64's most frequent relocations to 1 MiB of code on its way to the output, one in 16
 * bytes: {@link Arch#apply} without the reader of relocations and the tables of a link. Nanoseconds
 * for one relocation and the 16 bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RelocationsBenchmark {
  private static final int COUNT = 1 << 16;
  private static final int SYMBOLS = 1 << 12;
  private static final long PLACE = 0x400000;

  /**
   * {@code R_X86_64_PLT32}, {@code PC32}, {@code 64}, as they stand in files (psABI, table 4.9).
   */
  private static final int[] TYPES = {4, 4, 4, 4, 2, 2, 2, 1};

  private final Arch amd64 = BenchLink.amd64();
  private final MemorySegment code = Arena.ofAuto().allocate(COUNT * 16L, 64);
  private final MemorySegment out = Arena.ofAuto().allocate(COUNT * 16L, 64);
  private final Slice slice = new Slice();
  private final int[] types = new int[COUNT];
  private final int[] symbols = new int[COUNT];
  private Link ctxt;

  @Setup
  public void setUp() {
    Random random = new Random(1);
    for (int i = 0; i < COUNT; i++) {
      types[i] = TYPES[random.nextInt(TYPES.length)];
      symbols[i] = 1 + random.nextInt(SYMBOLS - 1);
    }
    ctxt = new BenchLink(new Tasks(null, 1), null, null, new Syms());
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public MemorySegment apply() {
    slice.open(code, out);
    amd64.apply(ctxt, new Cursor(), slice);
    slice.close();
    return out;
  }

  private static final class Syms implements Symbols {
    private final long[] values = new Random(2).longs(SYMBOLS, PLACE, PLACE + (1 << 28)).toArray();

    @Override
    public String name(int sym) {
      return "symbol" + sym;
    }

    @Override
    public boolean isPreemptible(int sym) {
      return false;
    }

    @Override
    public boolean isIfunc(int sym) {
      return false;
    }

    @Override
    public boolean isTls(int sym) {
      return false;
    }

    @Override
    public boolean isFunction(int sym) {
      return true;
    }

    @Override
    public boolean isAbsolute(int sym) {
      return false;
    }

    @Override
    public boolean isUndefinedWeak(int sym) {
      return false;
    }

    @Override
    public boolean isDiscarded(int sym) {
      return false;
    }

    @Override
    public void need(int sym, int needs) {}

    @Override
    public long value(int sym) {
      return values[sym];
    }

    @Override
    public long callTarget(int sym) {
      return values[sym];
    }

    @Override
    public long size(int sym) {
      return 16;
    }

    @Override
    public long gotSlot(int sym) {
      throw new AssertionError();
    }

    @Override
    public long tpOffSlot(int sym) {
      throw new AssertionError();
    }

    @Override
    public long tlsGdSlot(int sym) {
      throw new AssertionError();
    }

    @Override
    public long tlsDescSlot(int sym) {
      throw new AssertionError();
    }
  }

  private final class Cursor extends Relocs {
    private int i = -1;

    @Override
    public boolean next() {
      return ++i < COUNT;
    }

    @Override
    public int peekType() {
      return i + 1 < COUNT ? types[i + 1] : -1;
    }

    @Override
    public int peekSymbol() {
      return i + 1 < COUNT ? symbols[i + 1] : 0;
    }

    @Override
    public long offset() {
      return i * 16L + 3;
    }

    @Override
    public int type() {
      return types[i];
    }

    @Override
    public int symbol() {
      return symbols[i];
    }

    @Override
    public long addend() {
      return -4;
    }

    @Override
    public long place() {
      return PLACE + offset();
    }

    @Override
    public Slice content() {
      throw new AssertionError();
    }

    @Override
    public long sectionSize() {
      return code.byteSize();
    }

    @Override
    public boolean isWritable() {
      return false;
    }

    @Override
    public boolean isAlloc() {
      return true;
    }

    @Override
    public boolean isGone() {
      return false;
    }

    @Override
    public long tombstone() {
      return 0;
    }

    @Override
    public void addRelative(int sym, long addend) {
      throw new AssertionError();
    }

    @Override
    public void addIrelative(int sym) {
      throw new AssertionError();
    }

    @Override
    public void addDynamic(int type, int sym, long addend) {
      throw new AssertionError();
    }

    @Override
    public Location location() {
      return Location.NONE;
    }

    @Override
    public void error(String message) {
      throw new AssertionError(message);
    }

    @Override
    public void outOfRange(long value, long min, long max) {
      throw new AssertionError(value);
    }
  }
}
