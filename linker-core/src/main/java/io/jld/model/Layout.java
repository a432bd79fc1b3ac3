package io.jld.model;

import io.jld.asmb.Segment;
import io.jld.asmb.SymList;

/**
 * Where everything is.
 *
 * @param tlsBegin address of the TLS segment's first byte
 * @param tlsEnd its end, aligned as the segment
 * @param threadPointer what the thread pointer stands for
 * @param base address of the file's first byte
 * @param size of the file's sections in bytes; tables that are not part of a segment follow
 */
public record Layout(
    SymList textp,
    SymList datap,
    SymList dwarfp,
    Segment segtext,
    Segment segrodata,
    Segment segrelrodata,
    Segment segdata,
    Segment segdwarf,
    long base,
    long tlsBegin,
    long tlsEnd,
    long threadPointer,
    long size) {
  /** The same, but for what is not loaded, which ends the file. */
  public Layout withUnloaded(SymList content, Segment sections, long fileSize) {
    return new Layout(
        textp,
        datap,
        content,
        segtext,
        segrodata,
        segrelrodata,
        segdata,
        sections,
        base,
        tlsBegin,
        tlsEnd,
        threadPointer,
        fileSize);
  }
}
