package io.jld.model;

import io.jld.link.LinkOption;
import io.jld.plan.Statement.Formula;
import io.jld.script.InputScript;
import io.jld.script.VersionScript;
import java.util.ArrayList;
import java.util.List;

/** What the linker scripts among the inputs say of the whole link, in the order of the inputs. */
public final class ScriptCommands {
  private final List<String> externs = new ArrayList<>();
  private final List<Formula> statements = new ArrayList<>();
  private final List<VersionScript.Node> versions = new ArrayList<>();
  private final List<InputScript.NoCrossRefs> noCrossRefs = new ArrayList<>();
  private String entry = "";

  /** {@code ENTRY(symbol)}: the last one counts, as in GNU ld. */
  public void entry(String symbol) {
    entry = symbol;
  }

  /** {@code EXTERN(symbol ...)}: as {@code -u} for each. */
  public void extern(List<String> symbols) {
    externs.addAll(symbols);
  }

  public void statement(Formula statement) {
    statements.add(statement);
  }

  /** The statements about symbols in their order, those of {@code --defsym} among them. */
  public List<Formula> statements() {
    return statements;
  }

  public void versions(List<VersionScript.Node> nodes) {
    versions.addAll(nodes);
  }

  /** The nodes of all {@code VERSION}. */
  public List<VersionScript.Node> versions() {
    return versions;
  }

  public void noCrossRefs(InputScript.NoCrossRefs list) {
    noCrossRefs.add(list);
  }

  public List<InputScript.NoCrossRefs> noCrossRefs() {
    return noCrossRefs;
  }

  public List<String> externs() {
    return externs;
  }

  /**
   * Where the output starts, a symbol or a number: {@code -e} before any script's {@code ENTRY};
   * empty where nothing says it.
   */
  public String entry(Context ctxt) {
    String option = ctxt.option(LinkOption.ENTRY);
    return option.isEmpty() ? entry : option;
  }
}
