package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.FilePattern;
import io.jld.plan.InputSections.Flags;
import io.jld.plan.InputSections.SectionPattern;
import io.jld.plan.InputSections.Sort;
import io.jld.plan.Place;
import io.jld.plan.SectionConstants;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads descriptions of input sections: {@code KEEP(*(EXCLUDE_FILE(*crtend.o) .ctors
 * SORT(.ctors.*)))}.
 *
 * <p>Patterns are separated by white space or commas, while to GNU ld a comma without white space
 * is part of a pattern.
 */
final class InputSectionsParser {
  private final ScriptReader in;

  InputSectionsParser(ScriptReader in) {
    this.in = in;
  }

  /** The description that begins with a word, which has been read. */
  InputSections of(Place place, String word, boolean quoted) {
    if (!quoted && word.equals("KEEP") && in.accept('(')) {
      in.peek();
      InputSections kept =
          in.startsList()
              ? list(place, Flags.ANY, true)
              : description(place, in.peek() == '"', firstWord(), Flags.ANY, true);
      in.expect(')', "after what KEEP keeps");
      return kept;
    }
    return description(place, quoted, word, Flags.ANY, false);
  }

  /** {@code [ .text .data ]}: sections of all files. */
  InputSections list(Place place) {
    return list(place, Flags.ANY, false);
  }

  private InputSections list(Place place, Flags flags, boolean keep) {
    in.accept('[');
    List<SectionPattern> sections = new ArrayList<>();
    do {
      if (!in.accept(',')) {
        sections.add(section(']', !sections.isEmpty()));
      }
    } while (sections.isEmpty() || !in.accept(']'));
    return new InputSections(place, FilePattern.ALL, sections, keep, flags);
  }

  private String firstWord() {
    return in.peek() == '"' ? in.quoted() : in.pattern();
  }

  private InputSections description(
      Place place, boolean quoted, String word, Flags flags, boolean keep) {
    if (!quoted && word.equals("INPUT_SECTION_FLAGS") && in.accept('(')) {
      if (flags != Flags.ANY) {
        throw in.error(DiagnosticCode.SCRIPT_SYNTAX, "INPUT_SECTION_FLAGS stands there twice");
      }
      Flags wanted = flags();
      in.peek();
      return in.startsList()
          ? list(place, wanted, keep)
          : description(place, in.peek() == '"', firstWord(), wanted, keep);
    }
    if (!quoted && word.equals("KEEP") && in.peek() == '(') {
      throw place.error(
          DiagnosticCode.SCRIPT_SYNTAX, "KEEP has to stand outside of everything else");
    }
    List<Sort> sorts = new ArrayList<>();
    List<String> excludes = new ArrayList<>();
    String name = pattern(quoted, word, sorts, excludes, "a file's name");
    if (sorts.size() > (sorts.contains(Sort.REVERSE) ? 2 : 1)
        || sorts.contains(Sort.ALIGNMENT)
        || sorts.contains(Sort.INIT_PRIORITY)) {
      throw place.error(
          DiagnosticCode.SCRIPT_SYNTAX,
          "files are sorted by name alone: SORT_BY_NAME or REVERSE expected");
    }
    FilePattern files = new FilePattern(name, sorts, excludes);
    List<SectionPattern> sections = new ArrayList<>();
    if (in.accept('(')) {
      do {
        if (!in.accept(',')) {
          sections.add(section(')', !sections.isEmpty()));
        }
      } while (sections.isEmpty() || !in.accept(')'));
    }
    return new InputSections(place, files, sections, keep, flags);
  }

  private SectionPattern section(char end, boolean more) {
    in.peek();
    Place place = in.place();
    boolean quoted = in.peek() == '"';
    String word = quoted ? in.quoted() : end == ']' ? in.patternInList() : in.pattern();
    List<Sort> sorts = new ArrayList<>();
    List<String> excludes = new ArrayList<>();
    String name =
        pattern(
            quoted, word, sorts, excludes, "a section's name" + (more ? " or '" + end + "'" : ""));
    if (!isAllowed(sorts)) {
      throw place.error(
          DiagnosticCode.SCRIPT_SYNTAX,
          "sort keys that can't be nested: SORT_BY_NAME and SORT_BY_ALIGNMENT in each other, or one"
              + " key in REVERSE expected");
    }
    return new SectionPattern(name, sorts, excludes);
  }

  /** Two keys at most, and REVERSE around or in them; NONE and INIT_PRIORITY are alone. */
  private static boolean isAllowed(List<Sort> sorts) {
    int keys = 0;
    int reverse = 0;
    boolean alone = false;
    for (Sort s : sorts) {
      if (s == Sort.REVERSE) {
        reverse++;
      } else {
        keys++;
        alone |= s == Sort.NONE || s == Sort.INIT_PRIORITY;
      }
    }
    return reverse <= 1 && keys <= (alone ? 1 : 2) && !(reverse > 0 && sorts.contains(Sort.NONE));
  }

  /**
   * A pattern with what is around and before it, whose first word has been read.
   *
   * @param sorts takes the keys
   * @param excludes takes what {@code EXCLUDE_FILE} names
   */
  private String pattern(
      boolean quoted, String first, List<Sort> sorts, List<String> excludes, String expected) {
    String word = first;
    boolean literal = quoted;
    while (!literal) {
      Sort sort = sort(word);
      if (sort == null || in.peek() != '(') {
        break;
      }
      if (sorts.size() == 3) {
        throw in.error(DiagnosticCode.SCRIPT_SYNTAX, "sort keys are nested too deep");
      }
      in.accept('(');
      sorts.add(sort);
      literal = in.peek() == '"';
      word = firstWord();
    }
    if (!literal && word.equals("EXCLUDE_FILE") && in.accept('(')) {
      while (!in.accept(')')) {
        if (!in.accept(',')) {
          String file = firstWord();
          if (file.isEmpty()) {
            throw in.unexpected("a file's name or ')' expected in EXCLUDE_FILE");
          }
          excludes.add(file);
        }
      }
      literal = in.peek() == '"';
      word = firstWord();
      if (!literal && sort(word) != null && in.peek() == '(') {
        throw in.error(
            DiagnosticCode.SCRIPT_SYNTAX,
            "EXCLUDE_FILE has to stand inside of "
                + word
                + ": "
                + word
                + "(EXCLUDE_FILE(...) pattern)");
      }
    }
    if (word.isEmpty()) {
      throw in.unexpected(expected + " expected");
    }
    for (int i = 0; i < sorts.size(); i++) {
      in.expect(')', "after a pattern in " + sorts.getLast().text());
    }
    return word;
  }

  private static Sort sort(String word) {
    return switch (word) {
      case "SORT", "SORT_BY_NAME" -> Sort.NAME;
      case "SORT_BY_ALIGNMENT" -> Sort.ALIGNMENT;
      case "SORT_BY_INIT_PRIORITY" -> Sort.INIT_PRIORITY;
      case "SORT_NONE" -> Sort.NONE;
      case "REVERSE" -> Sort.REVERSE;
      default -> null;
    };
  }

  /** {@code SHF_ALLOC & !SHF_WRITE)}. */
  private Flags flags() {
    long with = 0;
    long without = 0;
    do {
      boolean not = in.accept('!');
      Place place = in.place();
      String name = in.name();
      long bits = SectionConstants.bit(name);
      if (bits == 0) {
        bits = number(place, name);
      }
      with |= not ? 0 : bits;
      without |= not ? bits : 0;
    } while (in.accept('&'));
    in.expect(')', "after the flags in INPUT_SECTION_FLAGS");
    return new Flags(with, without);
  }

  private static long number(Place place, String text) {
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw unknownFlag(place, text);
    }
  }

  private static LinkException unknownFlag(Place place, String text) {
    return place.error(
        DiagnosticCode.SCRIPT_SYNTAX,
        quote(text)
            + " is no section flag for INPUT_SECTION_FLAGS: SHF_ALLOC, SHF_WRITE, SHF_EXECINSTR,"
            + " ... or a number expected");
  }
}
