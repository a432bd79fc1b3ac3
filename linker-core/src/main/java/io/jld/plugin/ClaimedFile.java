package io.jld.plugin;

import io.jld.link.Location;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A file that a plug-in has been offered, and may have claimed. */
public final class ClaimedFile {
  final Plugin plugin;

  /** What the plug-in knows the file by, as a pointer; not 0. */
  final long handle;

  /** For messages. */
  final Location where;

  /** The file's path, or that of the archive that has it. */
  final String path;

  /** Where it begins in that file. */
  final long offset;

  final MemorySegment bytes;
  List<PluginSymbol> symbols = List.of();

  /** What takes its place while names are resolved. */
  MemorySegment standIn;

  /** In memory that the plug-in may read; null until it asks. */
  MemorySegment view;

  /** What has become of its symbols; null until all is known, and where it is not linked. */
  private Resolution[] resolutions;

  ClaimedFile(
      Plugin plugin, long handle, Location where, String path, long offset, MemorySegment bytes) {
    this.plugin = plugin;
    this.handle = handle;
    this.where = where;
    this.path = path;
    this.offset = offset;
    this.bytes = bytes;
  }

  /** What the plug-in says of its symbols, in their order. */
  public List<PluginSymbol> symbols() {
    return symbols;
  }

  /** Takes what has become of its symbols, which says that it is linked. */
  public void resolve(Resolution[] all) {
    resolutions = all.clone();
  }

  /** Null where the file is not linked. */
  Resolution[] resolutions() {
    return resolutions;
  }
}
