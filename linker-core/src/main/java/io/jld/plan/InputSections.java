package io.jld.plan;

import java.util.List;

/**
 * The input sections that belong in this place: {@code KEEP(*crtbegin.o(.ctors))}. A section goes
 * to the first description that matches it.
 *
 * @param sections whose names they may have; empty for all sections of the files
 * @param keep whether {@code --gc-sections} keeps them: {@code KEEP}
 * @param flags what {@code INPUT_SECTION_FLAGS} asks for; {@link Flags#ANY} without
 */
public record InputSections(
    Place place, FilePattern files, List<SectionPattern> sections, boolean keep, Flags flags)
    implements Statement {
  public InputSections {
    sections = List.copyOf(sections);
  }

  /** As it is written, without {@code KEEP}. */
  public String pattern() {
    return PlanPrinter.pattern(this);
  }

  /** By what files or sections that match are sorted. */
  public enum Sort {
    /** By name. */
    NAME("SORT_BY_NAME"),
    /** By alignment, the largest first. */
    ALIGNMENT("SORT_BY_ALIGNMENT"),
    /** By the number at the end of {@code .init_array.100} or {@code .ctors.65435}. */
    INIT_PRIORITY("SORT_BY_INIT_PRIORITY"),
    /** Not even if {@code --sort-section} asks for it. */
    NONE("SORT_NONE"),
    /** The order of the key in it turned around; alone, that of the names. */
    REVERSE("REVERSE");

    private final String text;

    Sort(String text) {
      this.text = text;
    }

    /** As it is written. */
    public String text() {
      return text;
    }
  }

  /**
   * Files by their names.
   *
   * @param name a glob for the path as it is opened; {@code archive:member}, {@code archive:} for
   *     all members of an archive, {@code :file} for a file that is in none
   * @param sorts the keys, the outermost first
   * @param excludes of {@code EXCLUDE_FILE}: files that do not match, as globs like {@code name}
   */
  public record FilePattern(String name, List<Sort> sorts, List<String> excludes) {
    /** {@code *}: all files. */
    public static final FilePattern ALL = new FilePattern("*", List.of(), List.of());

    public FilePattern {
      sorts = List.copyOf(sorts);
      excludes = List.copyOf(excludes);
    }

    /** Whether every file matches. */
    public boolean isAll() {
      return name.equals("*") && excludes.isEmpty();
    }

    /** Whether it is the name of a file, without wildcards. */
    public boolean isOneFile() {
      return !name.isEmpty()
          && name.indexOf('*') < 0
          && name.indexOf('?') < 0
          && name.indexOf('[') < 0
          && !hasArchive(name);
    }

    /** Whether a pattern names an archive or says that there is none. */
    public static boolean hasArchive(String pattern) {
      return pattern.indexOf(':') >= 0;
    }

    /** The glob for the archive, of a pattern with one; empty for a file that is in none. */
    public static String archive(String pattern) {
      return pattern.substring(0, pattern.indexOf(':'));
    }

    /** The glob for the member, of a pattern with an archive; empty for all members. */
    public static String member(String pattern) {
      return pattern.substring(pattern.indexOf(':') + 1);
    }
  }

  /**
   * Sections by their names.
   *
   * @param name a glob; {@code COMMON} are the files' common symbols
   * @param sorts the keys, the outermost first
   * @param excludes of {@code EXCLUDE_FILE}: files whose sections do not match
   */
  public record SectionPattern(String name, List<Sort> sorts, List<String> excludes) {
    public SectionPattern {
      sorts = List.copyOf(sorts);
      excludes = List.copyOf(excludes);
    }

    public static SectionPattern of(String name) {
      return new SectionPattern(name, List.of(), List.of());
    }

    /** Whether common symbols are meant. */
    public boolean isCommon() {
      return name.equals("COMMON");
    }
  }

  /**
   * {@code INPUT_SECTION_FLAGS(SHF_ALLOC & !SHF_WRITE)}.
   *
   * @param with {@code SHF_*} that a section has to have all of
   * @param without those of which it may have none
   */
  public record Flags(long with, long without) {
    /** Whatever flags a section has. */
    public static final Flags ANY = new Flags(0, 0);

    /** Whether nothing is asked for. */
    public boolean isAny() {
      return with == 0 && without == 0;
    }

    public boolean match(long flags) {
      return (flags & with) == with && (flags & without) == 0;
    }
  }
}
