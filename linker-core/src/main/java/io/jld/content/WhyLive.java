package io.jld.content;

import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.pattern.Glob;
import io.jld.source.Demangler;
import io.jld.symbol.SectionTable;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code --why-live}: the references that keep a symbol's section from {@code --gc-sections}, back
 * to one that is kept in any case. Garbage collection notes the first reference to each section
 * while it goes from there to all others, so that the chain is one of the shortest.
 */
public final class WhyLive {
  private final Context ctxt;

  /**
   * The section with the first reference to each section; for those that are kept in any case a
   * {@link Root}'s complement.
   */
  private final int[] from;

  /** The symbol that it refers to; 0 where it isn't a symbol that keeps it. */
  private final int[] symbol;

  /** Why a section is kept that nothing needs to refer to. */
  public enum Root {
    OPTION("is the entry or named by an option"),
    EXPORTED("is exported"),
    KEPT("is always kept");

    private final String text;

    Root(String text) {
      this.text = text;
    }
  }

  public WhyLive(Context ctxt) {
    this.ctxt = ctxt;
    this.from = new int[ctxt.sections().count()];
    this.symbol = new int[ctxt.sections().count()];
  }

  /** What {@link #note} takes for a section that is kept in any case. */
  public static int root(Root why) {
    return ~why.ordinal();
  }

  /**
   * Notes the first reference to a section.
   *
   * @param referrer a section's number, or a {@link #root}
   * @param id number of the symbol that it refers to; 0 where it is the section itself that is
   *     needed
   */
  public void note(int section, int referrer, int id) {
    from[section] = referrer;
    symbol[section] = id;
  }

  /** Prints what the option asks for; garbage has been collected. */
  public void print() {
    List<String> lines = new ArrayList<>();
    for (String pattern : ctxt.option(LinkOption.WHY_LIVE)) {
      String name = Glob.literal(pattern);
      if (name != null) {
        print(ctxt.names.find(name), name, lines);
      } else {
        printAll(pattern, lines);
      }
    }
    boolean demangle = ctxt.option(LinkOption.DEMANGLE);
    (demangle ? new Demangler().texts(lines) : lines).forEach(ctxt::message);
  }

  /** Of a pattern those symbols that are live; in the order of the link. */
  private void printAll(String pattern, List<String> lines) {
    Glob glob = Glob.of(pattern);
    int before = lines.size();
    for (int id = 1; id < ctxt.symbols().globals(); id++) {
      int section = ctxt.symbols().section(id);
      if (section != 0
          && ctxt.sections().has(section, SectionTable.MARKED)
          && glob.matches(ctxt.symbols().name(id))) {
        chain(ctxt.symbols().name(id), section, lines);
      }
    }
    if (lines.size() == before) {
      lines.add("no live symbol matches '" + pattern + "'");
    }
  }

  private void print(int id, String name, List<String> lines) {
    if (id == 0 || !ctxt.symbols().isDefined(id)) {
      lines.add("symbol '" + name + "' is not defined");
      return;
    }
    int section = ctxt.symbols().section(id);
    if (section == 0) {
      String file = ctxt.symbols().file(id).file().displayName();
      lines.add("symbol '" + name + "' is in no section: " + file);
    } else if (!ctxt.sections().has(section, SectionTable.MARKED)) {
      lines.add("symbol '" + name + "' is not live: " + place(section));
    } else {
      chain(name, section, lines);
    }
  }

  private void chain(String name, int live, List<String> lines) {
    int section = live;
    lines.add("live symbol '" + name + "': " + place(section));
    while (from[section] > 0) {
      int referrer = from[section];
      lines.add(">>> referred to by " + place(referrer) + as(symbol[section]));
      section = referrer;
    }
    lines.add(">>> which " + Root.values()[~from[section]].text + as(symbol[section]));
  }

  private String as(int id) {
    return id == 0 ? "" : ": '" + ctxt.symbols().name(id) + "'";
  }

  private String place(int section) {
    return ctxt.sections()
        .object(section)
        .file()
        .location(ctxt.sections().index(section), -1)
        .toString();
  }
}
