package io.jld.link;

import java.util.List;

/**
 * What the output of a link consists of, for who asks for it by {@link LinkOption#IMAGE}: sections,
 * symbols, and the inputs that they come from. The library makes it; it stays usable when the link
 * is over, whatever has become of the output, but for one in memory of the caller's ({@link
 * OutputSink.ToAllocator}), which has to be there still.
 *
 * <p>Records are made when they are asked for. Numbers are those of the gABI ({@code SHT_*}, {@code
 * SHN_*}, {@code STT_*}, {@code STB_*}, {@code STV_*}); addresses and sizes are bytes, and
 * unsigned. With {@link LinkOption#ARCHIVE} or {@link LinkOption#SEPARATE_DEBUG_FILE}, it is the
 * image of what was linked, before it was put into the archive or divided.
 *
 * @since 0.1
 */
public interface Image {
  /**
   * An input, or a section of it.
   *
   * @param file its path, or that of its archive, as it was given; the name of an input in memory
   * @param member its name in the archive; null for a file of its own
   * @param section the section's name; null where there is none: an absolute symbol, one of a
   *     shared library
   * @since 0.1
   */
  record Origin(String file, String member, String section) {}

  /**
   * A part of a section of the output. Those of one section come in order, and their sizes add up
   * to its size.
   *
   * @param address of its first byte; as {@link Section#address}
   * @param origin null for what the linker has made, and for gaps
   * @since 0.1
   */
  record Part(MapSink.Kind kind, long address, long size, Origin origin) {}

  /**
   * A section of the output.
   *
   * @param number of its section header, from 1
   * @param type {@code SHT_*}
   * @param flags {@code SHF_*}
   * @param address 0 where it is not loaded, and in a relocatable output
   * @param offset in the file
   * @param size in memory; {@code SHT_NOBITS} takes nothing of the file
   * @since 0.1
   */
  record Section(
      int number,
      String name,
      int type,
      long flags,
      long address,
      long offset,
      long size,
      long align) {}

  /**
   * A symbol of the output.
   *
   * @param name without a version
   * @param address {@code st_value}: for {@code STT_TLS} an offset in the thread-local storage, in
   *     a relocatable output one in the section
   * @param type {@code STT_*}, {@code STB_*} of the binding, {@code STV_*} of the visibility
   * @param section number of the section; 0 for an undefined symbol, or {@code SHN_ABS}, {@code
   *     SHN_COMMON}
   * @param offset where it is in the file; -1 where it takes nothing of it
   * @param origin null for what the linker, a script or an option defines, for symbols of sections
   *     and files, and where nothing defines it
   * @since 0.1
   */
  record Symbol(
      String name,
      long address,
      long size,
      int type,
      int binding,
      int visibility,
      int section,
      long offset,
      Origin origin) {}

  /** The sections, in the order of their headers; the first has number 1. */
  List<Section> sections();

  /** The section of a name, the first where there are several; null where there is none. */
  default Section section(String name) {
    return sections().stream().filter(s -> s.name().equals(name)).findFirst().orElse(null);
  }

  /** The parts of a section, in order. */
  List<Part> parts(Section section);

  /** {@code .symtab}, without the null symbol; empty where the output has none. */
  List<Symbol> symbols();

  /** {@code .dynsym}, as {@link #symbols()}. */
  List<Symbol> dynamicSymbols();
}
