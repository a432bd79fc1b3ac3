package io.jld.match;

import io.jld.input.ObjectFile;
import io.jld.pattern.Glob;
import io.jld.plan.InputSections.FilePattern;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Files by their names, as a script's descriptions of input sections have them. A member of an
 * archive is known by its own name; {@code archive:member} says which archive it is in. A name
 * without wildcards is that of an input, and of no member.
 */
final class FileMatcher {
  /** The one file that is meant; null where a pattern tells. */
  private final String path;

  private final Name name;
  private final List<Name> excludes;

  /** A pattern for a file, or for an archive and its member. */
  private static final class Name {
    private final boolean hasArchive;

    /** Null for a file that is in no archive. */
    private final Glob archive;

    /** Null for all members. */
    private final Glob file;

    Name(String pattern) {
      hasArchive = FilePattern.hasArchive(pattern);
      String a = hasArchive ? FilePattern.archive(pattern) : "";
      String f = hasArchive ? FilePattern.member(pattern) : pattern;
      archive = a.isEmpty() ? null : Glob.of(a);
      file = f.isEmpty() ? null : Glob.of(f);
    }

    boolean matches(ObjectFile f) {
      if (!hasArchive) {
        return file == null || file.matches(f.member() == null ? f.fileName() : f.member());
      }
      if (f.member() == null) {
        return archive == null && file != null && file.matches(f.fileName());
      }
      return archive != null
          && archive.matches(f.fileName())
          && (file == null || file.matches(f.member()));
    }

    /** An archive's name alone excludes its members too. */
    boolean excludes(ObjectFile f) {
      return matches(f) || (!hasArchive && f.member() != null && file.matches(f.fileName()));
    }
  }

  /**
   * @param described gives the path of the input that a name without wildcards means
   */
  FileMatcher(FilePattern pattern, UnaryOperator<String> described) {
    path = pattern.isOneFile() ? described.apply(pattern.name()) : null;
    name = pattern.name().equals("*") || path != null ? null : new Name(pattern.name());
    excludes = names(pattern.excludes());
  }

  /** Of a section pattern, which only excludes files. */
  FileMatcher(List<String> excluded) {
    path = null;
    name = null;
    excludes = names(excluded);
  }

  private static List<Name> names(List<String> patterns) {
    List<Name> names = new ArrayList<>();
    for (String p : patterns) {
      names.add(new Name(p));
    }
    return names;
  }

  boolean matches(ObjectFile f) {
    if (name != null && !name.matches(f)) {
      return false;
    }
    if (path != null && (f.member() != null || !f.fileName().equals(path))) {
      return false;
    }
    for (Name n : excludes) {
      if (n.excludes(f)) {
        return false;
      }
    }
    return true;
  }
}
