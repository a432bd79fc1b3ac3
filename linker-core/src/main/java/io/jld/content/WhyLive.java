package io.jld.content;

import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;

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
    ctxt.option(LinkOption.WHY_LIVE).forEach(this::print);
  }

  private void print(String name) {
    SymbolTable symbols = ctxt.symbols();
    int id = ctxt.names.find(name);
    if (id == 0 || !symbols.isDefined(id)) {
      ctxt.message("symbol '" + name + "' is not defined");
      return;
    }
    int section = symbols.section(id);
    if (section == 0) {
      ctxt.message(
          "symbol '" + name + "' is in no section: " + symbols.file(id).file().displayName());
      return;
    }
    if (!ctxt.sections().has(section, SectionTable.MARKED)) {
      ctxt.message("symbol '" + name + "' is not live: " + place(section));
      return;
    }
    ctxt.message("live symbol '" + name + "': " + place(section));
    while (from[section] > 0) {
      int referrer = from[section];
      ctxt.message(">>> referred to by " + place(referrer) + as(symbol[section]));
      section = referrer;
    }
    ctxt.message(">>> which " + Root.values()[~from[section]].text + as(symbol[section]));
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
