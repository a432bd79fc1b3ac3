package io.jld.bench;

import io.jld.asmb.Blocks;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.SymList;
import io.jld.asmb.Tasks;
import io.jld.asmb.WriteParallel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Writes 64 MiB of symbols of 240 bytes, each with a gap of 16 behind it, by one thread and by two,
 * to the heap and to a mapped file whose pages are there already. Milliseconds for all of it;
 * divide 64 by it for GiB/s, nearly.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class BlocksBenchmark {
  private static final long SIZE = 64 << 20;
  private static final long ADDR = 0x400000;

  @Param({"1", "2"})
  int threads;

  @Param({"heap", "mapped"})
  String output;

  private ExecutorService pool;
  private Arena arena;
  private Path file;
  private OutBuf out;
  private Link ctxt;

  private static final class Syms implements SymList {
    private final MemorySegment content = Arena.ofAuto().allocate(SIZE, 64).fill((byte) 0x90);

    @Override
    public int count() {
      return (int) (SIZE / 256);
    }

    @Override
    public long value(int i) {
      return ADDR + i * 256L;
    }

    @Override
    public long size(int i) {
      return 240;
    }

    @Override
    public MemorySegment content(int i) {
      return content.asSlice(i * 256L, 240);
    }

    @Override
    public void finish(Link ctxt, int i, MemorySegment slice) {}
  }

  @Setup
  public void setUp() throws IOException {
    pool = Executors.newCachedThreadPool();
    arena = Arena.ofShared();
    out = OutBuf.create(ByteOrder.LITTLE_ENDIAN, arena);
    if (output.equals("heap")) {
      out.openHeap();
    } else {
      // In memory where there is such a file system: to write back to a disk is not what is
      // measured.
      Path shm = Path.of("/dev/shm");
      file =
          Files.isDirectory(shm)
              ? Files.createTempFile(shm, "jld-bench", ".out")
              : Files.createTempFile("jld-bench", ".out");
      out.open(file);
    }
    out.mmap(SIZE);
    ctxt = new BenchLink(new Tasks(pool, threads), out, new Syms(), null);
  }

  @TearDown
  public void tearDown() throws IOException {
    pool.shutdown();
    out.discard();
    arena.close();
    if (file != null) {
      Files.delete(file);
    }
  }

  @Benchmark
  public void write() {
    WriteParallel all = new WriteParallel(ctxt);
    all.add(Blocks::codeblk, 0, ADDR, SIZE);
    all.await();
  }
}
