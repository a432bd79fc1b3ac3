package io.jld.symbol;

import io.jld.asmb.Tasks;
import io.jld.input.FileNames;
import io.jld.input.InputFile;
import io.jld.input.NameWords;
import io.jld.input.Names;
import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Interns the names of all files: equal names get one number. That is done in two steps.
 *
 * <ol>
 *   <li>{@link #add}, as each file has been read and its string table is at hand: the file's names
 *       are dealt out to shards by their hash, and each shard takes its own into a table, under its
 *       lock. A name's bytes are kept with the entry, so that none is looked up in another file.
 *       Which entry a name gets depends on the threads; that the entry remembers the first file
 *       that has the name does not.
 *   <li>{@link #finish}, after the last file: the names that each file is the first to have get
 *       consecutive numbers, in the order of the files. So numbers depend on that order alone.
 * </ol>
 *
 * <p>Number 0 is no name.
 */
public final class NameTable {
  private static final int SHARD_BITS = 6;
  private static final int SHARDS = 1 << SHARD_BITS;

  private static final int STRIDE = 29;

  /** Until numbers are given a name's is that of its entry, with the shard in the bits above. */
  private static final int ENTRY_BITS = 32 - SHARD_BITS;

  private final Shard[] shards = new Shard[SHARDS];
  private List<? extends LinkedFile> files = List.of();

  /** For each number where the name was first seen: (file, index). */
  private long[] first = {0};

  /** Starts with no names. */
  public NameTable() {
    for (int s = 0; s < SHARDS; s++) {
      shards[s] = new Shard();
    }
  }

  /** One shard's table: open addressing over the columns of the names that it holds. */
  private static final class Shard {
    private static final int SOME = 128;

    private int count;
    private int[] slots = new int[2 * SOME];
    private long[] hash = new long[SOME];

    /** Where the name was first seen, in the order of the files. */
    private long[] first = new long[SOME];

    private int[] length = new int[SOME];

    /** Where the name's bytes begin in {@link #bytes}; null when numbers have been given. */
    private int[] start = new int[SOME];

    /** The bytes of all names, each filled up to eight with zeros. */
    private long[] bytes = new long[4 * SOME];

    private int used;

    /** The name's number among those that the file with {@link #first} is the first to have. */
    private int[] number;

    /**
     * Takes a name in.
     *
     * @param words its bytes, filled up with zeros
     * @return its entry
     */
    int intern(long h, int len, long[] words, long place) {
      int mask = slots.length - 1;
      int p = (int) h & mask;
      int at;
      while ((at = slots[p]) != 0) {
        int e = at - 1;
        if (hash[e] == h && length[e] == len && equal(start[e], words, (len + 7) >>> 3)) {
          if (place < first[e]) {
            first[e] = place;
          }
          return e;
        }
        p = (p + 1) & mask;
      }
      if (count == hash.length) {
        grow();
        p = free(h);
      }
      int e = count++;
      slots[p] = e + 1;
      hash[e] = h;
      first[e] = place;
      length[e] = len;
      start[e] = keep(words, (len + 7) >>> 3);
      return e;
    }

    private boolean equal(int from, long[] words, int n) {
      for (int i = 0; i < n; i++) {
        if (bytes[from + i] != words[i]) {
          return false;
        }
      }
      return true;
    }

    private int keep(long[] words, int n) {
      if (n > bytes.length - used) {
        bytes = Arrays.copyOf(bytes, Math.max(used + n, 2 * bytes.length));
      }
      System.arraycopy(words, 0, bytes, used, n);
      used += n;
      return used - n;
    }

    private void grow() {
      int n = count * 2;
      hash = Arrays.copyOf(hash, n);
      first = Arrays.copyOf(first, n);
      length = Arrays.copyOf(length, n);
      start = Arrays.copyOf(start, n);
      slots = new int[n * 2];
      for (int i = 0; i < count; i++) {
        slots[free(hash[i])] = i + 1;
      }
    }

    private int free(long h) {
      int mask = slots.length - 1;
      int p = (int) h & mask;
      while (slots[p] != 0) {
        p = (p + 1) & mask;
      }
      return p;
    }
  }

  private static int shard(long hash) {
    return (int) (hash >>> (64 - SHARD_BITS));
  }

  private static long place(int file, int index) {
    return (long) file << 32 | index;
  }

  /**
   * Takes in the names of a file; from any thread.
   *
   * @param names the file's
   * @param order the file's place in the order of the files, of which each has its own
   * @param alone whether no other thread takes any in meanwhile: a shard is not waited for
   * @return for each name what stands for its number, which {@link #finish} puts in its place
   */
  public int[] add(NameWords names, int order, boolean alone) {
    boolean each = alone || names.names().count() < SHARDS;
    return each ? addEach(names, order) : addSorted(names, order);
  }

  /** Takes names in one by one; gives their entries. */
  private int[] addEach(NameWords bytes, int order) {
    FileNames names = bytes.names();
    int[] entries = new int[names.count()];
    long[] words = new long[16];
    for (int i = 0; i < entries.length; i++) {
      words = bytes.copy(i, words);
      entries[i] = add(names, i, words, place(order, i));
    }
    return entries;
  }

  private int add(FileNames names, int i, long[] words, long place) {
    long h = names.hash(i);
    int s = shard(h);
    synchronized (shards[s]) {
      return s << ENTRY_BITS | shards[s].intern(h, names.length(i), words, place);
    }
  }

  private int[] addSorted(NameWords bytes, int order) {
    FileNames names = bytes.names();
    int[] start = new int[SHARDS + 1];
    int[] sorted = deal(names, start);
    int[] entries = new int[names.count()];
    long[] words = new long[16];
    for (int k = 0; k < SHARDS; k++) {
      int s = k + order * STRIDE & SHARDS - 1; // files that are added at once meet in no shard
      if (start[s] == start[s + 1]) {
        continue;
      }
      Shard t = shards[s];
      synchronized (t) {
        for (int n = start[s]; n < start[s + 1]; n++) {
          int i = sorted[n];
          words = bytes.copy(i, words);
          int e = t.intern(names.hash(i), names.length(i), words, place(order, i));
          entries[i] = s << ENTRY_BITS | e;
        }
      }
    }
    return entries;
  }

  /** Sorts a file's names by shard, and tells where each shard's begin. */
  private static int[] deal(FileNames names, int[] start) {
    int n = names.count();
    for (int i = 0; i < n; i++) {
      start[shard(names.hash(i)) + 1]++;
    }
    for (int s = 0; s < SHARDS; s++) {
      start[s + 1] += start[s];
    }
    int[] next = start.clone();
    int[] sorted = new int[n];
    for (int i = 0; i < n; i++) {
      sorted[next[shard(names.hash(i))]++] = i;
    }
    return sorted;
  }

  // What stands for a number until there are any: a shard and an entry in it.

  private Shard shardOf(int id) {
    return shards[id >>> ENTRY_BITS];
  }

  private static int entryOf(int id) {
    return id & (1 << ENTRY_BITS) - 1;
  }

  /**
   * Gives the names their numbers, and the files those of their names.
   *
   * @param all the files by their order; null where there is none
   */
  public void finish(List<? extends LinkedFile> all, Tasks tasks) {
    files = all;
    int names = 1;
    for (Shard t : shards) {
      t.number = new int[t.count];
      names += t.count;
    }
    first = new long[names];
    if (tasks.isAlone()) {
      numberAlone(all);
    } else {
      numberTogether(all, tasks);
    }
    for (Shard t : shards) {
      t.bytes = null;
      t.start = null;
    }
  }

  /** In one go: a name's first file comes before all others that have it. */
  private void numberAlone(List<? extends LinkedFile> all) {
    int end = 1;
    for (int f = 0; f < all.size(); f++) {
      if (all.get(f) != null) {
        end = numberFrom(end, all.get(f).nameIds, f);
      }
    }
  }

  /** Numbers the names that the file is the first to have from {@code end} on; the new end. */
  private int numberFrom(int end, int[] ids, int f) {
    int next = end;
    for (int i = 0; i < ids.length; i++) {
      int id = ids[i];
      Shard t = shardOf(id);
      int e = entryOf(id);
      if (t.first[e] == place(f, i)) {
        first[next] = place(f, i);
        t.number[e] = next++;
      }
      ids[i] = t.number[e];
    }
    return next;
  }

  /** First how many names each file is the first to have, then the numbers. */
  private void numberTogether(List<? extends LinkedFile> all, Tasks tasks) {
    int n = all.size();
    int[] base = new int[n + 1];
    tasks.forRanges(
        n,
        16,
        (from, to) -> {
          for (int f = from; f < to; f++) {
            base[f + 1] = all.get(f) == null ? 0 : count(all.get(f).nameIds, f);
          }
        });
    base[0] = 1;
    for (int f = 0; f < n; f++) {
      base[f + 1] += base[f];
    }
    tasks.forRanges(
        n,
        16,
        (from, to) -> {
          for (int f = from; f < to; f++) {
            if (all.get(f) != null) {
              number(all.get(f).nameIds, f, base);
            }
          }
        });
    for (Shard t : shards) {
      for (int e = 0; e < t.count; e++) {
        t.number[e] += base[(int) (t.first[e] >>> 32)];
      }
    }
  }

  /** Numbers the names that the file is the first to have, and tells how many those are. */
  private int count(int[] ids, int f) {
    int count = 0;
    for (int i = 0; i < ids.length; i++) {
      int id = ids[i];
      Shard t = shardOf(id);
      int e = entryOf(id);
      if (t.first[e] == place(f, i)) {
        t.number[e] = count++;
      }
    }
    return count;
  }

  private void number(int[] ids, int f, int[] base) {
    for (int i = 0; i < ids.length; i++) {
      int id = ids[i];
      Shard t = shardOf(id);
      int e = entryOf(id);
      long place = t.first[e];
      ids[i] = base[(int) (place >>> 32)] + t.number[e];
      if (place == place(f, i)) {
        first[ids[i]] = place;
      }
    }
  }

  /** Numbers run from 1 to this, exclusive. */
  public int end() {
    return first.length;
  }

  /** The name as a {@code String}, for people. */
  public String string(int id) {
    if (id <= 0 || id >= end()) {
      return "";
    }
    InputFile f = file(id);
    int i = index(id);
    return Names.string(f.data(), f.names().offset(i), f.names().length(i));
  }

  /** Bytes of a name. */
  public int length(int id) {
    return file(id).names().length(index(id));
  }

  /** The file that the name was first seen in: its segment holds the name's bytes. */
  public InputFile file(int id) {
    return files.get((int) (first[id] >>> 32)).file();
  }

  /** Index of the name among those of {@link #file}. */
  public int index(int id) {
    return (int) first[id];
  }

  /** The number of a name; 0 if no file has it. */
  public int find(String name) {
    byte[] bytes = NameBytes.bytes(name);
    MemorySegment seg = MemorySegment.ofArray(bytes);
    long h = Names.hash(seg, 0, bytes.length);
    return find(seg, 0, bytes.length, h);
  }

  /**
   * The number of a name of a file whose names are not in the table; 0 if no file has it. From any
   * thread.
   */
  public int find(InputFile other, int i) {
    FileNames names = other.names();
    return find(other.data(), names.offset(i), names.length(i), names.hash(i));
  }

  private int find(MemorySegment data, long off, int len, long h) {
    Shard t = shards[shard(h)];
    int mask = t.slots.length - 1;
    for (int p = (int) h & mask; t.slots[p] != 0; p = (p + 1) & mask) {
      int e = t.slots[p] - 1;
      if (t.hash[e] == h && t.length[e] == len) {
        int id = t.number[e];
        InputFile f = file(id);
        if (Names.equal(f.data(), f.names().offset(index(id)), data, off, len)) {
          return id;
        }
      }
    }
    return 0;
  }
}
