package io.jld.keep;

import io.jld.input.NameEntries;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All files that are kept, the least recently used first. Each link {@link #lease leases} those
 * that it has; they stay mapped until it ends, kept or not.
 */
public final class Keeper {
  /**
   * How many times the bound may be mapped: mapped files take no heap, and memory only as long as
   * nobody else wants it.
   */
  public static final int MAPPED = 8;

  /** The part of the bound that the table of names may take. */
  private static final int NAMES_SHARE = 4;

  private final Map<KeptFile.Key, KeptFile> files = new LinkedHashMap<>(64, 0.75f, true);
  private final long most;
  private final InstantSource clock;

  /** The names of all files; another one begins when those of files that are gone may be many. */
  private NameEntries names = new NameEntries();

  /** What the names take on the heap, since the last link has ended. */
  private long namesHeap;

  private long heap;
  private long mapped;
  private boolean closed;

  /**
   * @param most bytes on the heap that what is kept may take between links
   */
  public Keeper(long most) {
    this(most, InstantSource.system());
  }

  Keeper(long most, InstantSource clock) {
    this.most = most;
    this.clock = clock;
  }

  /**
   * What one link asks for its files.
   *
   * @param digests of the contents of files that the link's caller knows
   * @throws IllegalStateException where this is closed
   */
  public synchronized Lease lease(Map<Path, String> digests) {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    return new Lease(this, names, clock, digests);
  }

  /**
   * The file, if it is kept and has not changed: the link has it from now on. One that has changed
   * is kept no longer.
   */
  KeptFile take(KeptFile.Key key, Identity identity) {
    KeptFile f;
    synchronized (this) {
      f = files.get(key);
      if (f == null) {
        return null;
      }
      if (f.identity.equals(identity)) {
        f.uses++;
        return f;
      }
      files.remove(key);
      if (!drop(f)) {
        return null;
      }
    }
    f.unmap();
    return null;
  }

  /** Keeps a file, which the link has from now on; another one where a link was faster. */
  KeptFile add(KeptFile f) {
    KeptFile other = take(f.key, f.identity);
    if (other != null) {
      f.unmap();
      return other;
    }
    synchronized (this) {
      f.uses++;
      if (closed || files.putIfAbsent(f.key, f) != null) {
        f.dropped = true; // this link's alone
      } else {
        heap += f.heap;
        mapped += f.bytes.byteSize();
      }
    }
    return f;
  }

  /** More has been parsed of a file. */
  synchronized void grow(KeptFile f, long bytes) {
    f.heap += bytes + KeptFile.OBJECTS;
    if (!f.dropped) {
      heap += bytes + KeptFile.OBJECTS;
    }
  }

  /** A link has ended. */
  void giveBack(Collection<KeptFile> used) {
    List<KeptFile> unused = new ArrayList<>();
    synchronized (this) {
      for (KeptFile f : used) {
        f.uses--;
        if (f.dropped && f.uses == 0) {
          unused.add(f);
        }
      }
      unused.addAll(trim(most));
    }
    unused.forEach(KeptFile::unmap);
  }

  /** Whether the links that begin have these names. */
  synchronized boolean keeps(NameEntries names) {
    return names == this.names;
  }

  private void forgetNames() {
    names = new NameEntries();
    namesHeap = 0;
    for (KeptFile f : files.values()) {
      f.names.replaceAll((file, entered) -> KeptFile.Entered.NONE);
    }
  }

  /** Keeps no more than {@code most}; returns those that are to be unmapped. */
  private List<KeptFile> trim(long most) {
    List<KeptFile> unused = new ArrayList<>();
    namesHeap = names.heapBytes();
    if (namesHeap > most / NAMES_SHARE) {
      forgetNames();
    }
    Iterator<KeptFile> eldest = files.values().iterator();
    while ((heap + namesHeap > most || mapped / MAPPED > most || most == 0) && eldest.hasNext()) {
      KeptFile f = eldest.next();
      eldest.remove();
      if (drop(f)) {
        unused.add(f);
      }
    }
    return unused;
  }

  /** Returns whether nobody has it. */
  private boolean drop(KeptFile f) {
    f.dropped = true;
    heap -= f.heap;
    mapped -= f.bytes.byteSize();
    return f.uses == 0;
  }

  /** Drops all files. */
  public void clear() {
    List<KeptFile> unused;
    synchronized (this) {
      unused = trim(0);
    }
    unused.forEach(KeptFile::unmap);
  }

  /** Drops all files; links that have some of them go on. */
  public void close() {
    synchronized (this) {
      closed = true;
    }
    clear();
  }

  /** How many files are kept. */
  public synchronized int files() {
    return files.size();
  }

  /** Bytes on the heap that what is kept takes, about. */
  public synchronized long heap() {
    return heap + namesHeap;
  }

  /** Bytes of the files that are kept mapped. */
  public synchronized long mapped() {
    return mapped;
  }
}
