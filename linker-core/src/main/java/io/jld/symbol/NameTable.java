package io.jld.symbol;

import io.jld.asmb.Tasks;
import io.jld.input.InputFile;
import io.jld.input.Names;
import java.util.Arrays;
import java.util.List;

/**
 * Interns the names of all files: equal names get one number. Names were hashed while the files
 * were read; here they are dealt out to shards by their hash, and each shard fills a table of its
 * own without locks. Numbers depend on the order of the files alone, not on threads. Number 0 is no
 * name.
 */
public final class NameTable {
  private static final int SHARD_BITS = 6;
  private static final int SHARDS = 1 << SHARD_BITS;

  private final List<? extends InputFile> files;
  private final Shard[] shards = new Shard[SHARDS];
  private final int[] base = new int[SHARDS + 1];

  /** One shard's table: open addressing over the columns of the names that it holds. */
  private static final class Shard {
    int count;
    int[] slots;
    long[] hash;
    int[] file;
    int[] index;

    void grow() {
      if (slots == null) {
        slots = new int[64];
        hash = new long[32];
        file = new int[32];
        index = new int[32];
        return;
      }
      if (count == hash.length) {
        int n = count * 2;
        hash = Arrays.copyOf(hash, n);
        file = Arrays.copyOf(file, n);
        index = Arrays.copyOf(index, n);
        slots = new int[n * 2];
        int mask = slots.length - 1;
        for (int i = 0; i < count; i++) {
          int s = (int) hash[i] & mask;
          while (slots[s] != 0) {
            s = (s + 1) & mask;
          }
          slots[s] = i + 1;
        }
      }
    }
  }

  /** Interns the names of the files and sets their numbers. */
  public NameTable(List<? extends InputFile> files, Tasks tasks) {
    this.files = files;
    int n = files.size();
    int[][] order = new int[n][];
    int[][] starts = new int[n][];
    int[][] ids = new int[n][];
    tasks.forRanges(
        n,
        16,
        (from, to) -> {
          for (int f = from; f < to; f++) {
            deal(files.get(f), order, starts, f);
            ids[f] = new int[files.get(f).nameCount()];
          }
        });
    tasks.forEach(SHARDS, s -> shards[s] = fill(s, order, starts, ids));
    base[0] = 1;
    for (int s = 0; s < SHARDS; s++) {
      base[s + 1] = base[s] + shards[s].count;
    }
    tasks.forRanges(
        n,
        16,
        (from, to) -> {
          for (int f = from; f < to; f++) {
            finish(files.get(f), ids[f]);
          }
        });
  }

  private static int shard(long hash) {
    return (int) (hash >>> (64 - SHARD_BITS));
  }

  /** Sorts a file's names by shard, keeping their order within each. */
  private static void deal(InputFile file, int[][] order, int[][] starts, int f) {
    int n = file.nameCount();
    int[] start = new int[SHARDS + 1];
    for (int i = 0; i < n; i++) {
      start[shard(file.nameHash(i)) + 1]++;
    }
    for (int s = 0; s < SHARDS; s++) {
      start[s + 1] += start[s];
    }
    int[] next = start.clone();
    int[] sorted = new int[n];
    for (int i = 0; i < n; i++) {
      sorted[next[shard(file.nameHash(i))]++] = i;
    }
    order[f] = sorted;
    starts[f] = start;
  }

  private Shard fill(int s, int[][] order, int[][] starts, int[][] ids) {
    Shard t = new Shard();
    t.grow();
    for (int f = 0; f < order.length; f++) {
      InputFile file = files.get(f);
      int[] sorted = order[f];
      int[] out = ids[f];
      int end = starts[f][s + 1];
      for (int k = starts[f][s]; k < end; k++) {
        int i = sorted[k];
        out[i] = intern(t, file, f, i);
      }
    }
    return t;
  }

  private int intern(Shard t, InputFile file, int f, int i) {
    long h = file.nameHash(i);
    int mask = t.slots.length - 1;
    int p = (int) h & mask;
    int at;
    while ((at = t.slots[p]) != 0) {
      int e = at - 1;
      if (t.hash[e] == h) {
        InputFile other = files.get(t.file[e]);
        int oi = t.index[e];
        if (other.nameLength(oi) == file.nameLength(i)
            && Names.equal(
                other.data(),
                other.nameOffset(oi),
                file.data(),
                file.nameOffset(i),
                file.nameLength(i))) {
          return e;
        }
      }
      p = (p + 1) & mask;
    }
    int e = t.count;
    if (e == t.hash.length) {
      t.grow();
      mask = t.slots.length - 1;
      p = (int) h & mask;
      while (t.slots[p] != 0) {
        p = (p + 1) & mask;
      }
    }
    t.slots[p] = e + 1;
    t.hash[e] = h;
    t.file[e] = f;
    t.index[e] = i;
    t.count++;
    return e;
  }

  private void finish(InputFile file, int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      ids[i] += base[shard(file.nameHash(i))];
    }
    file.setNameIds(ids);
  }

  /** Numbers run from 1 to this, exclusive. */
  public int end() {
    return base[SHARDS];
  }

  private int shardOf(int id) {
    int s = Arrays.binarySearch(base, id);
    if (s < 0) {
      return -s - 2;
    }
    while (s + 1 <= SHARDS && base[s + 1] == id) {
      s++; // empty shards share their base with the next
    }
    return s;
  }

  /** The name's hash. */
  public long hash(int id) {
    int s = shardOf(id);
    return shards[s].hash[id - base[s]];
  }

  /** The name as a {@code String}, for people. */
  public String string(int id) {
    if (id <= 0 || id >= end()) {
      return "";
    }
    int s = shardOf(id);
    int e = id - base[s];
    InputFile f = files.get(shards[s].file[e]);
    int i = shards[s].index[e];
    return Names.string(f.data(), f.nameOffset(i), f.nameLength(i));
  }

  /** The file that the name was first seen in: its segment holds the name's bytes. */
  public InputFile file(int id) {
    int s = shardOf(id);
    return files.get(shards[s].file[id - base[s]]);
  }

  /** Index of the name among those of {@link #file}. */
  public int index(int id) {
    int s = shardOf(id);
    return shards[s].index[id - base[s]];
  }

  /** The number of a name; 0 if no file has it. */
  public int find(String name) {
    byte[] bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    java.lang.foreign.MemorySegment seg = java.lang.foreign.MemorySegment.ofArray(bytes);
    long h = Names.hash(seg, 0, bytes.length);
    int s = shard(h);
    Shard t = shards[s];
    int mask = t.slots.length - 1;
    for (int p = (int) h & mask; t.slots[p] != 0; p = (p + 1) & mask) {
      int e = t.slots[p] - 1;
      InputFile f = files.get(t.file[e]);
      int i = t.index[e];
      if (t.hash[e] == h
          && f.nameLength(i) == bytes.length
          && Names.equal(f.data(), f.nameOffset(i), seg, 0, bytes.length)) {
        return base[s] + e;
      }
    }
    return 0;
  }
}
