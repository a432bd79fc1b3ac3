package io.jld.dwarf;

import io.jld.arch.Arch;
import io.jld.input.ObjectFile;
import io.jld.input.SectionKind;
import io.jld.input.SectionNames;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An object's debug sections, each read when it is first asked for. It serves one task.
 *
 * <p>Units may share tables, and tables may overlap: a small file could have each of its many units
 * read all of it. So what is read is counted, and there is a limit.
 */
public final class DwarfFile {
  /** How many times its file's size an object's debug information may cost to read. */
  private static final long MAX_RATIO = 64;

  private static final long LEAST_BUDGET = 1 << 20;

  private final ObjectFile file;
  private final Arch arch;
  private final int[] indices;
  private final String[] names;
  private final Map<String, Integer> first = new HashMap<>();
  private final Map<Integer, DebugSection> sections = new HashMap<>();
  private final Map<Integer, Map<Long, Abbreviations>> abbreviations = new HashMap<>();
  private long budget;

  public DwarfFile(ObjectFile file, Arch arch) {
    this.file = file;
    this.arch = arch;
    this.budget = LEAST_BUDGET + MAX_RATIO * file.data().byteSize();
    List<Integer> found = new ArrayList<>();
    for (int i = 1; i < file.sectionCount(); i++) {
      SectionKind kind = file.kind(i);
      if (kind == SectionKind.DEBUG || kind == SectionKind.ZDEBUG) {
        found.add(i);
      }
    }
    indices = found.stream().mapToInt(i -> i).toArray();
    names = new String[indices.length];
    for (int i = 0; i < indices.length; i++) {
      names[i] = SectionNames.planned(file, indices[i]);
      first.putIfAbsent(names[i], indices[i]);
    }
  }

  /** Whether an object has debug information at all. */
  public static boolean isIn(ObjectFile file) {
    return file.has(SectionKind.DEBUG) || file.has(SectionKind.ZDEBUG);
  }

  public ObjectFile file() {
    return file;
  }

  /**
   * The indices of all sections with a name, in order; the name of a compressed one is the same.
   */
  public int[] named(String name) {
    int[] found = new int[indices.length];
    int n = 0;
    for (int i = 0; i < indices.length; i++) {
      if (names[i].equals(name)) {
        found[n++] = indices[i];
      }
    }
    return Arrays.copyOf(found, n);
  }

  /** The first section with a name; 0 where there is none. */
  int first(String name) {
    return first.getOrDefault(name, 0);
  }

  /**
   * A section's content.
   *
   * @throws LinkException where it is too large, can't be decompressed, or its relocations are in
   *     disorder
   */
  public DebugSection section(int index) {
    DebugSection s = sections.get(index);
    if (s == null) {
      s = new DebugSection(file, index, arch, budget);
      sections.put(index, s);
      spend(s.cost());
    }
    return s;
  }

  /**
   * Counts what is read.
   *
   * @param bytes as many
   * @throws LinkException where it is too much in all
   */
  public void spend(long bytes) {
    budget -= bytes;
    if (budget < 0) {
      throw new LinkException(
          DiagnosticCode.MALFORMED_CONTENT,
          file.location(),
          "debug information is out of proportion to its file");
    }
  }

  /**
   * Follows an offset into another section: where its relocation says or, without one, in the only
   * section of the name.
   *
   * @param in the section that the offset stands in
   * @param at where it stands there
   * @param value what stands there
   * @param name of the section that is meant
   * @throws LinkException where there is no such section
   */
  public void follow(DebugSection in, int at, long value, String name, Place to) {
    int r = in.relocation(at);
    if (r >= 0 && in.target(r) > 0) {
      to.set(in, r);
      return;
    }
    if (first(name) == 0) {
      throw in.bad(at, "there is no " + name);
    }
    to.set(first(name), value);
  }

  /** The table of abbreviations at a place. */
  Abbreviations abbreviations(Place place) {
    Map<Long, Abbreviations> tables =
        abbreviations.computeIfAbsent(place.section(), s -> new HashMap<>());
    Abbreviations table = tables.get(place.offset());
    if (table == null) {
      table = new Abbreviations(section(place.section()).reader(place.offset()));
      spend(table.size);
      tables.put(place.offset(), table);
    }
    return table;
  }
}
