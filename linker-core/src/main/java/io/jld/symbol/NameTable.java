package io.jld.symbol;

import io.jld.input.FileNames;
import io.jld.input.InputFile;
import io.jld.input.KeptFiles;
import io.jld.input.NameEntries;
import io.jld.input.NameWords;
import io.jld.input.Names;
import io.jld.input.ReadBuffers;
import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Interns the names of all files: equal names get one number. That is done in two steps.
 *
 * <ol>
 *   <li>{@link #add}, as each file has been read and its string table is at hand: each name gets
 *       its entry among the {@link NameEntries}, which the names of a file that is kept from link
 *       to link may have already.
 *   <li>{@link #finish}, after the last file: the entries get consecutive numbers as they occur, in
 *       the order of the files. So numbers depend on that order alone.
 * </ol>
 *
 * <p>Number 0 is no name.
 */
public final class NameTable {
  /** Null where the files are this link's alone. */
  private KeptFiles kept;

  private NameEntries entries = new NameEntries();

  /** For each shard the numbers of its entries; 0 for those of other links' names. */
  private final int[][] numbers = new int[NameEntries.SHARDS][];

  private List<? extends LinkedFile> files = List.of();

  /** For each number where the name was first seen: (file, index). */
  private long[] first = {0};

  /** Takes the entries of names that are kept; before any name is taken in. */
  public void use(KeptFiles files) {
    kept = files;
    entries = files.names();
  }

  /**
   * Takes in the names of a file; from any thread.
   *
   * @param buffers as {@link InputFile#nameWords} has them
   * @param order the file's place in the order of the files, of which each has its own
   * @param alone whether no other thread takes any in meanwhile
   * @return for each name what stands for its number, which {@link #finish} puts in its place
   */
  public int[] add(InputFile file, ReadBuffers buffers, int order, boolean alone) {
    return kept == null
        ? add(file.nameWords(buffers), order, alone)
        : kept.entries(file, () -> add(file.nameWords(buffers), order, alone)).clone();
  }

  /** As {@link #add(InputFile, ReadBuffers, int, boolean)}, of names that are not kept. */
  public int[] add(NameWords names, int order, boolean alone) {
    return entries.add(names, order, alone);
  }

  /**
   * Gives the names their numbers, and the files those of their names.
   *
   * @param all the files by their order; null where there is none
   */
  public void finish(List<? extends LinkedFile> all) {
    files = all;
    int most = 1;
    for (int s = 0; s < numbers.length; s++) {
      numbers[s] = new int[entries.count(s)];
      most += numbers[s].length;
    }
    first = new long[most];
    int end = 1;
    for (int f = 0; f < all.size(); f++) {
      if (all.get(f) != null) {
        end = numberFrom(end, all.get(f).nameIds, f);
      }
    }
    if (end < most) {
      first = Arrays.copyOf(first, end);
    }
    if (kept == null) {
      entries.close();
    }
  }

  /** Numbers the names that no file before has from {@code end} on; the new end. */
  private int numberFrom(int end, int[] ids, int f) {
    int next = end;
    for (int i = 0; i < ids.length; i++) {
      int[] of = numbers[NameEntries.shard(ids[i])];
      int e = NameEntries.index(ids[i]);
      if (of[e] == 0) {
        first[next] = (long) f << 32 | i;
        of[e] = next++;
      }
      ids[i] = of[e];
    }
    return next;
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
    for (int entry = entries.find(h, len, NameEntries.NONE);
        entry != NameEntries.NONE;
        entry = entries.find(h, len, entry)) {
      int id = number(entry);
      if (id != 0) {
        InputFile f = file(id);
        if (Names.equal(f.data(), f.names().offset(index(id)), data, off, len)) {
          return id;
        }
      }
    }
    return 0;
  }

  /** An entry's number; 0 where no file of this link has the name. */
  private int number(int entry) {
    int[] of = numbers[NameEntries.shard(entry)];
    int e = NameEntries.index(entry);
    return e < of.length ? of[e] : 0; // another link may have taken names in since
  }
}
