package io.jld.load;

import io.jld.elf.Columns;
import io.jld.input.ArchiveIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which members of archives with a symbol index may be linked: those that define a name which
 * something that may be linked refers to. Whether a member <em>is</em> linked depends on the order
 * of the inputs and is decided by {@link ExtractMembers}; all that are come from here.
 *
 * <p>Names are compared by their hashes only, which may bring in a member too many.
 */
public final class WantedMembers {
  /**
   * A member that may be linked.
   *
   * @param archive the number of its archive
   * @param at where its header begins in the archive
   */
  record Member(int archive, long at) implements Comparable<Member> {
    @Override
    public int compareTo(Member other) {
      return archive != other.archive
          ? Integer.compare(archive, other.archive)
          : Long.compare(at, other.at);
    }
  }

  private static final int SOME = 64;

  private final List<ArchiveIndex> indexes = new ArrayList<>();
  private final List<Integer> archives = new ArrayList<>();

  // A hash table over the entries of all indexes, each known by its number; 0 is none.
  private int[] slots = {};
  private int[] next = {};
  private long[] hash = {};
  private int[] archive = {};
  private long[] member = {};

  private long[] taken = new long[64];
  private int takenCount;
  private List<Member> found = new ArrayList<>();

  /** Adds an archive, before the first call of {@link #want}. */
  void add(int number, ArchiveIndex index) {
    archives.add(number);
    indexes.add(index);
  }

  boolean isEmpty() {
    return indexes.isEmpty();
  }

  /** Something that may be linked refers to the name with this hash. */
  void want(long name) {
    if (slots.length == 0) {
      build();
    }
    int p = (int) name & slots.length - 1;
    int before = 0;
    for (int e = slots[p]; e != 0; e = next[e]) {
      if (hash[e] != name) {
        before = e;
        continue;
      }
      take(archive[e], member[e]);
      if (before == 0) { // once is enough
        slots[p] = next[e];
      } else {
        next[before] = next[e];
      }
    }
  }

  private void build() {
    int n = 1;
    for (ArchiveIndex i : indexes) {
      n += i.count();
    }
    slots = new int[Integer.highestOneBit(n) * 2];
    next = new int[n];
    hash = new long[n];
    archive = new int[n];
    member = new long[n];
    int first = 1;
    for (int k = 0; k < indexes.size(); k++) {
      ArchiveIndex index = indexes.get(k);
      index.copy(hash, member, first);
      Columns.fill(archive, first, first + index.count(), archives.get(k));
      first += index.count();
    }
    for (int e = 1; e < n; e += SOME) {
      chain(e, Math.min(n, e + SOME));
    }
  }

  /** Some entries at a time: a loop that runs once is compiled too late. */
  private void chain(int from, int to) {
    int mask = slots.length - 1;
    for (int e = from; e < to; e++) {
      int p = (int) hash[e] & mask;
      next[e] = slots[p];
      slots[p] = e;
    }
  }

  /** Takes a member, once; a member has many names. */
  private void take(int number, long at) {
    if (2 * takenCount >= taken.length) {
      long[] old = taken;
      taken = new long[2 * old.length];
      for (long key : old) {
        if (key != 0) {
          taken[place(key)] = key;
        }
      }
    }
    long key = (long) number << 44 | at + 1;
    int p = place(key);
    if (taken[p] == 0) {
      taken[p] = key;
      takenCount++;
      found.add(new Member(number, at));
    }
  }

  private int place(long key) {
    int mask = taken.length - 1;
    int p = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (taken[p] != 0 && taken[p] != key) {
      p = (p + 1) & mask;
    }
    return p;
  }

  /** The members that have come up since the last call, in their order. */
  List<Member> takeFound() {
    Member[] all = found.toArray(Member[]::new);
    Arrays.sort(all);
    found = new ArrayList<>();
    return List.of(all);
  }
}
