package io.jld.bench;

import io.jld.asmb.Tasks;
import io.jld.input.FileNames;
import io.jld.input.InputFile;
import io.jld.input.NameWords;
import io.jld.input.ReadBuffers;
import io.jld.input.StringTable;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.NameTable;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Names as C++ has them: long, and alike at their beginnings. Nanoseconds for one name. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NamesBenchmark {
  private static final int FILES = 64;
  private static final int NAMES = 2000;
  private static final int ALL = FILES * NAMES;

  /** How many there are in all files together; each is in eight files. */
  private static final int DISTINCT = ALL / 8;

  private MemorySegment strings;
  private StringTable table;
  private final int[][] offsets = new int[FILES][NAMES];

  /** What interning shares its work among. */
  @State(Scope.Benchmark)
  public static class Pool {
    @Param({"1", "2"})
    int threads;

    private final ExecutorService threadPool = Executors.newCachedThreadPool();

    @TearDown
    public void tearDown() {
      threadPool.shutdown();
    }
  }

  /** A file that has the names of a string table. */
  private static final class File extends InputFile {
    private final StringTable table;
    private final FileNames names;

    File(MemorySegment strings, StringTable table, int[] offsets) {
      super("file", null, strings);
      int n = offsets.length;
      int[] length = new int[n];
      long[] hash = new long[n];
      for (int i = 0; i < n; i++) {
        length[i] = table.length(offsets[i]);
        hash[i] = table.hash(offsets[i], length[i]);
      }
      this.table = table;
      this.names = new FileNames(offsets, length, hash);
    }

    @Override
    public FileNames names() {
      return names;
    }

    @Override
    public NameWords nameWords(ReadBuffers buffers) {
      return new NameWords(names, table);
    }
  }

  @Setup
  public void setUp() {
    Random random = new Random(1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int[] starts = new int[DISTINCT];
    for (int i = 0; i < DISTINCT; i++) {
      starts[i] = bytes.size();
      String name =
          "_ZN4llvm"
              + (10 + random.nextInt(90))
              + "PassManager"
              + i
              + "x".repeat(random.nextInt(60));
      bytes.writeBytes((name + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    byte[] all = bytes.toByteArray();
    strings = Arena.ofAuto().allocate(all.length, 8);
    MemorySegment.copy(all, 0, strings, ValueLayout.JAVA_BYTE, 0, all.length);
    table = new StringTable(strings, 0, all.length);
    for (int[] file : offsets) {
      for (int i = 0; i < NAMES; i++) {
        file[i] = starts[random.nextInt(DISTINCT)];
      }
    }
  }

  /** Finds each name's end and hashes it, as is done while a file is read. */
  @Benchmark
  @OperationsPerInvocation(ALL)
  public List<InputFile> hash() {
    List<InputFile> files = new ArrayList<>();
    for (int[] file : offsets) {
      files.add(new File(strings, table, file));
    }
    return files;
  }

  /** The same, and then interns all of them: what it takes longer is interning. */
  @Benchmark
  @OperationsPerInvocation(ALL)
  public NameTable hashAndIntern(Pool pool) {
    Tasks tasks = new Tasks(pool.threadPool, pool.threads);
    List<InputFile> files = hash();
    NameTable names = new NameTable();
    LinkedFile[] linked = new LinkedFile[FILES];
    tasks.forEach(
        FILES,
        f -> {
          InputFile file = files.get(f);
          linked[f] = new LinkedFile(file, names.add(file.nameWords(null), f, tasks.isAlone()));
        });
    names.finish(Arrays.asList(linked));
    return names;
  }
}
