package io.jld.pass;

import io.jld.link.LinkOption;
import io.jld.plan.Statement.Formula;
import io.jld.script.InputScript;
import io.jld.script.VersionScript;
import java.util.ArrayList;
import java.util.List;

/** What the linker scripts among the inputs say of the whole link, in the order of the inputs. */
final class ScriptCommands {
  private final List<String> externs = new ArrayList<>();
  private final List<Formula> statements = new ArrayList<>();
  private final List<VersionScript.Node> versions = new ArrayList<>();
  private final List<InputScript.NoCrossRefs> noCrossRefs = new ArrayList<>();
  private String entry = "";

  /** {@code ENTRY(symbol)}: the last one counts, as in GNU ld. */
  void entry(String symbol) {
    entry = symbol;
  }

  /** {@code EXTERN(symbol ...)}: as {@code -u} for each. */
  void extern(List<String> symbols) {
    externs.addAll(symbols);
  }

  void statement(Formula statement) {
    statements.add(statement);
  }

  /** The statements about symbols in their order, those of {@code --defsym} among them. */
  List<Formula> statements() {
    return statements;
  }

  void versions(List<VersionScript.Node> nodes) {
    versions.addAll(nodes);
  }

  /** The nodes of all {@code VERSION}. */
  List<VersionScript.Node> versions() {
    return versions;
  }

  void noCrossRefs(InputScript.NoCrossRefs list) {
    noCrossRefs.add(list);
  }

  List<InputScript.NoCrossRefs> noCrossRefs() {
    return noCrossRefs;
  }

  List<String> externs() {
    return externs;
  }

  /**
   * Where the output starts, a symbol or a number: {@code -e} before any script's {@code ENTRY};
   * empty where nothing says it.
   */
  String entry(Context ctxt) {
    String option = ctxt.option(LinkOption.ENTRY);
    return option.isEmpty() ? entry : option;
  }
}
