package io.jld.input;

import java.util.Arrays;

/**
 * Names of files, of which equal ones have one entry. What entry that is depends on threads, and on
 * what else is in the table: links give numbers to the entries of the names that they have. One
 * table may serve many links, one after the other or at the same time.
 *
 * <p>Names are dealt out to shards by their hash, and each shard takes its own in, under its lock.
 * A name's bytes are kept with the entry, so that none is looked up in another file.
 */
public final class NameEntries {
  private static final int SHARD_BITS = 6;

  /** How many parts a table has. */
  public static final int SHARDS = 1 << SHARD_BITS;

  /** No entry. */
  public static final int NONE = -1;

  private static final int STRIDE = 29;

  /** An entry is its index in its shard, with the shard in the bits above. */
  private static final int ENTRY_BITS = 32 - SHARD_BITS;

  private final Shard[] shards = new Shard[SHARDS];

  /** Starts with no names. */
  public NameEntries() {
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

    private int[] length = new int[SOME];

    /** Where the name's bytes begin in {@link #bytes}; null when no more are taken in. */
    private int[] start = new int[SOME];

    /** The bytes of all names, each filled up to eight with zeros. */
    private long[] bytes = new long[4 * SOME];

    private int used;

    /**
     * Takes a name in.
     *
     * @param words its bytes, filled up with zeros
     * @return its entry
     */
    int intern(long h, int len, long[] words) {
      int mask = slots.length - 1;
      int p = (int) h & mask;
      int at;
      while ((at = slots[p]) != 0) {
        int e = at - 1;
        if (hash[e] == h && length[e] == len && equal(start[e], words, (len + 7) >>> 3)) {
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
      length = Arrays.copyOf(length, n);
      start = Arrays.copyOf(start, n);
      slots = new int[n * 2];
      for (int i = 0; i < count; i++) {
        slots[free(hash[i])] = i + 1;
      }
    }

    int find(long h, int len, int after) {
      boolean isPast = after < 0;
      int mask = slots.length - 1;
      for (int p = (int) h & mask; slots[p] != 0; p = (p + 1) & mask) {
        int e = slots[p] - 1;
        if (hash[e] == h && length[e] == len) {
          if (isPast) {
            return e;
          }
          isPast = e == after;
        }
      }
      return -1;
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

  /** The shard that an entry is in. */
  public static int shard(int entry) {
    return entry >>> ENTRY_BITS;
  }

  /** An entry's index in its shard. */
  public static int index(int entry) {
    return entry & (1 << ENTRY_BITS) - 1;
  }

  /**
   * Takes in the names of a file; from any thread.
   *
   * @param names the file's
   * @param order another one for each of the files that are added at the same time
   * @param alone whether no other thread takes any in meanwhile: a shard is not waited for
   * @return their entries
   */
  public int[] add(NameWords names, int order, boolean alone) {
    boolean each = alone || names.names().count() < SHARDS;
    return each ? addEach(names) : addSorted(names, order);
  }

  /** Takes names in one by one; gives their entries. */
  private int[] addEach(NameWords bytes) {
    FileNames names = bytes.names();
    int[] entries = new int[names.count()];
    long[] words = new long[16];
    for (int i = 0; i < entries.length; i++) {
      words = bytes.copy(i, words);
      entries[i] = add(names, i, words);
    }
    return entries;
  }

  private int add(FileNames names, int i, long[] words) {
    long h = names.hash(i);
    int s = shard(h);
    synchronized (shards[s]) {
      return s << ENTRY_BITS | shards[s].intern(h, names.length(i), words);
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
          int e = t.intern(names.hash(i), names.length(i), words);
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

  /** How many entries a shard has. */
  public int count(int shard) {
    synchronized (shards[shard]) {
      return shards[shard].count;
    }
  }

  /**
   * The entries of names with this hash and length, nearly always one at most.
   *
   * @param after {@link #NONE} for the first one, or that before
   * @return an entry; {@link #NONE} where there are no more
   */
  public int find(long hash, int length, int after) {
    int s = shard(hash);
    synchronized (shards[s]) {
      int e = shards[s].find(hash, length, after == NONE ? -1 : index(after));
      return e < 0 ? NONE : s << ENTRY_BITS | e;
    }
  }

  /** No more names are taken in: their bytes are not needed any more. */
  public void close() {
    for (Shard t : shards) {
      t.bytes = null;
      t.start = null;
    }
  }

  /** Bytes on the heap that the names take, about. */
  public long heapBytes() {
    long bytes = 0;
    for (Shard t : shards) {
      synchronized (t) {
        bytes += 8L * t.used + 32L * t.count;
      }
    }
    return bytes;
  }
}
