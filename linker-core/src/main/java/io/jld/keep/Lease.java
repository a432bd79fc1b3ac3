package io.jld.keep;

import io.jld.input.ArchiveIndex;
import io.jld.input.InputFile;
import io.jld.input.KeptFiles;
import io.jld.input.NameEntries;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * The kept files of one link. A file is looked at when the link asks for its bytes, and never
 * again: what is kept of it is used if it has not changed by then. What shrinks later is a fault in
 * this link, as in any; of the next one its size is another, and nobody reads that mapping.
 */
public final class Lease implements KeptFiles, AutoCloseable {
  private final Keeper keeper;
  private final NameEntries names;
  private final InstantSource clock;
  private final Map<Path, String> digests;

  /** By their addresses; those that the link has, each once. */
  private final ConcurrentSkipListMap<Long, KeptFile> files = new ConcurrentSkipListMap<>();

  Lease(Keeper keeper, NameEntries names, InstantSource clock, Map<Path, String> digests) {
    this.keeper = keeper;
    this.names = names;
    this.clock = clock;
    this.digests = digests;
  }

  @Override
  public MemorySegment map(Path path, Arena arena, Mapping mapping) {
    Instant now = clock.instant();
    Identity identity = identity(path);
    if (identity == null || identity.size() == 0) {
      return mapping.map(path, arena);
    }
    KeptFile.Key key = KeptFile.Key.of(path, identity);
    KeptFile kept = keeper.take(key, identity);
    if (kept == null && identity.isSettled(now)) {
      kept = keep(key, path, identity, mapping);
    }
    if (kept == null) {
      return mapping.map(path, arena);
    }
    if (files.putIfAbsent(kept.bytes.address(), kept) != null) { // it has been asked for before
      keeper.giveBack(List.of(kept));
    }
    return kept.bytes;
  }

  private Identity identity(Path path) {
    return Identity.of(path, digests.getOrDefault(path, ""));
  }

  /** Maps a file; null where another one has its name by now. */
  @SuppressWarnings("MustBeClosedChecker") // KeptFile.unmap closes the arena
  private KeptFile keep(KeptFile.Key key, Path path, Identity identity, Mapping mapping) {
    Arena own = Arena.ofShared();
    boolean done = false;
    try {
      MemorySegment bytes = mapping.map(path, own);
      done = bytes.byteSize() == identity.size() && identity.equals(identity(path));
      return done ? keeper.add(new KeptFile(key, identity, bytes, own)) : null;
    } finally {
      if (!done) {
        own.close();
      }
    }
  }

  /** The file that these bytes are part of; null where it is not kept. */
  private KeptFile of(MemorySegment data) {
    if (!data.isMapped()) {
      return null;
    }
    Map.Entry<Long, KeptFile> e = files.floorEntry(data.address());
    return e != null
            && data.address() + data.byteSize() <= e.getKey() + e.getValue().bytes.byteSize()
        ? e.getValue()
        : null;
  }

  @Override
  public ObjectFile object(
      String file,
      String member,
      ObjectFile.Origin origin,
      MemorySegment data,
      Supplier<ObjectFile> read) {
    KeptFile kept = origin == ObjectFile.Origin.FILE ? of(data) : null;
    return kept == null
        ? read.get()
        : part(kept, kept.objects, kept.part(file, member, data), read);
  }

  @Override
  public SharedFile library(String file, MemorySegment data, Supplier<SharedFile> read) {
    KeptFile kept = of(data);
    return kept == null ? read.get() : part(kept, kept.libraries, file, read);
  }

  private <K, T extends InputFile> T part(KeptFile kept, Map<K, T> parts, K key, Supplier<T> read) {
    T known = parts.get(key);
    if (known != null) {
      return known;
    }
    T made = read.get();
    kept.names.put(made, KeptFile.Entered.NONE);
    T other = parts.putIfAbsent(key, made);
    if (other != null) {
      kept.names.remove(made);
      return other;
    }
    keeper.grow(kept, made.heapBytes());
    return made;
  }

  @Override
  public NameEntries names() {
    return names;
  }

  @Override
  public int[] entries(InputFile file, Supplier<int[]> add) {
    KeptFile kept = of(file.data());
    KeptFile.Entered entered = kept == null ? null : kept.names.get(file);
    if (entered == null) { // it is this link's alone
      return add.get();
    }
    if (entered.table() == names) {
      return entered.entries();
    }
    int[] entries = add.get();
    if (keeper.keeps(names)) {
      kept.names.put(file, new KeptFile.Entered(names, entries));
    }
    return entries;
  }

  @Override
  public ArchiveIndex index(MemorySegment archive, Supplier<ArchiveIndex> read) {
    KeptFile kept = of(archive);
    if (kept == null) {
      return read.get();
    }
    ArchiveIndex index = kept.index;
    if (index == null) {
      index = read.get();
      if (index != null) {
        kept.index = index;
        keeper.grow(kept, index.heapBytes());
      }
    }
    return index;
  }

  /** The link has ended, and none of its tasks runs any more. */
  @Override
  public void close() {
    keeper.giveBack(files.values());
    files.clear();
  }
}
