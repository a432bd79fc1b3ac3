package io.jld.model;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.pattern.VersionScript;
import io.jld.plan.LayoutPlan;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OverlayStatement;
import io.jld.plan.Statement;
import io.jld.plan.Statement.Formula;
import io.jld.script.InputScript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the linker scripts among the inputs say of the whole link, in the order of the inputs. */
public final class ScriptCommands {
  private final Map<String, String> described = new HashMap<>();
  private final List<String> externs = new ArrayList<>();
  private final List<Formula> statements = new ArrayList<>();
  private LayoutPlan.Builder layout;

  /** Once there are no more scripts. */
  private LayoutPlan plan = LayoutPlan.EMPTY;

  /** Of scripts among the inputs. */
  private final List<LayoutPlan> appended = new ArrayList<>();

  /** Whether they change the layout in force. */
  private boolean changes;

  /** Whether a script inserts something. */
  private boolean inserts;

  /** Whether the script under way has a layout, and whether one before it had. */
  private boolean hasBase;

  private boolean hadLayout;
  private final List<VersionScript.Node> versions = new ArrayList<>();
  private final List<InputScript.NoCrossRefs> noCrossRefs = new ArrayList<>();
  private String entry = "";
  private String output = "";
  private boolean printsMap;
  private String outputFormat = "";

  /** {@code ENTRY(symbol)}: the last one counts, as in GNU ld. */
  public void entry(String symbol) {
    entry = symbol;
  }

  /** {@code OUTPUT(file)}: the last one counts. */
  public void output(String file) {
    output = file;
  }

  /** {@code LIST} of an MRI script: the link map goes to the messages. */
  public void printMap() {
    printsMap = true;
  }

  public boolean printsMap() {
    return printsMap;
  }

  /** {@code OUTPUT_FORMAT(format)} of a script that describes the output: the last one counts. */
  public void outputFormat(String format) {
    outputFormat = format;
  }

  /** {@code EXTERN(symbol ...)}: as {@code -u} for each. */
  public void extern(List<String> symbols) {
    externs.addAll(symbols);
  }

  public void statement(Formula statement) {
    statements.add(statement);
    if (layout != null) {
      layout.add(statement);
    }
  }

  /** {@code SECTIONS}, {@code MEMORY} and what else describes the output, one after the other. */
  public void layout(LayoutPlan part) {
    if (layout == null) {
      layout = new LayoutPlan.Builder();
      statements.forEach(layout::add);
    }
    layout.add(part);
    if (part.isInsertion()) {
      inserts = true;
      hasBase = false;
      if (hadLayout) {
        Statement insert = part.statements().getLast();
        throw insert
            .place()
            .error(
                DiagnosticCode.SCRIPT_COMMAND,
                "INSERT has to come before the script with the layout that it inserts into");
      }
    } else if (part.has(LayoutPlan.Flag.SECTIONS)) {
      hasBase = true;
    }
    if (!part.entry().isEmpty()) {
      entry = part.entry();
    }
    for (Statement s : part.statements()) {
      collect(s);
    }
  }

  private void collect(Statement s) {
    switch (s) {
      case Formula f -> statements.add(f);
      case OutputSectionStatement o -> o.body().forEach(this::collect);
      case OverlayStatement o -> {
        for (int i = 0; i < o.sections().size(); i++) {
          collect(o.sections().get(i));
          collect(o.symbols().get(2 * i));
          collect(o.symbols().get(2 * i + 1));
        }
        noCrossRefs(o);
      }
      default -> {}
    }
  }

  private void noCrossRefs(OverlayStatement o) {
    if (o.noCrossRefs()) {
      List<String> names = o.sections().stream().map(OutputSectionStatement::name).toList();
      noCrossRefs(new InputScript.NoCrossRefs(o.place().file(), o.place().line(), names, false));
    }
  }

  /** A script begins that may have a layout of its own. */
  public void begin() {
    hadLayout |= hasBase;
    hasBase = false;
  }

  /** What a script that is an input adds to the layout in force. */
  public void append(LayoutPlan part) {
    appended.add(part);
    changes |= part.isLayout();
    if (!part.entry().isEmpty()) {
      entry = part.entry();
    }
    for (Statement s : part.statements()) {
      if (s instanceof OverlayStatement o) {
        noCrossRefs(o);
      } else if (s instanceof Formula f && !part.isLayout()) {
        statement(f);
      }
    }
  }

  /** Whether no script has a layout: a built-in one is in force, whatever is inserted into it. */
  public boolean isBuiltIn() {
    return !hasBase && !hadLayout;
  }

  /** Whether something is to be put into the layout that is in force. */
  public boolean edits() {
    return inserts || changes;
  }

  /**
   * Puts what {@code INSERT} inserts into its place, and what inputs add at the end; there are no
   * more scripts.
   *
   * @param builtIn the layout in force where {@link #isBuiltIn}; null for none
   * @throws io.jld.link.LinkException where an output section is not there
   */
  public void close(LayoutPlan builtIn) {
    LayoutPlan all = layout == null ? LayoutPlan.EMPTY.withStatements(statements) : layout.build();
    if (!edits() && builtIn == null) {
      plan = layout == null ? LayoutPlan.EMPTY : all;
      return;
    }
    if (layout == null) {
      checkCounter();
    }
    LayoutPlan.Builder edited = new LayoutPlan.Builder();
    if (inserts) {
      List<Statement> rest = new ArrayList<>(all.afterInsertions().statements());
      if (builtIn != null) {
        rest.addAll(builtIn.statements());
      }
      LayoutPlan inserting = all.withStatements(all.insertions().statements());
      edited.add(LayoutPlan.EMPTY.withStatements(rest).with(inserting));
    } else {
      edited.add(all);
      if (builtIn != null) {
        edited.add(builtIn);
      }
    }
    for (LayoutPlan a : appended) {
      if (a.isLayout()) {
        edited.add(a.afterInsertions());
      }
    }
    plan = edited.build();
    for (LayoutPlan a : appended) {
      plan = plan.with(a.insertions());
    }
    layout = new LayoutPlan.Builder().add(plan);
    statements.clear();
    statements.addAll(plan.formulas());
  }

  /** Puts input sections at the beginning of output sections of the layout in force. */
  public void begin(List<OutputSectionStatement> beginnings) {
    plan = plan.beginning(beginnings);
  }

  /**
   * A file that a description of input sections asks for by a name without wildcards has become an
   * input.
   *
   * @param path by which it has been found
   */
  public void describe(String name, String path) {
    described.put(name, path);
  }

  /** The input that a name without wildcards in a description means. */
  public String described(String name) {
    return described.getOrDefault(name, name);
  }

  /** Beside a built-in layout, the location counter is nowhere until it is assigned to. */
  private void checkCounter() {
    for (Formula f : statements) {
      if (f.expression().symbols().contains(".")) {
        throw f.expression()
            .place()
            .error(
                DiagnosticCode.SCRIPT_EXPRESSION,
                "the location counter '.' has no value before one is assigned to it");
      }
      if (f instanceof Statement.Assign a && a.isCounter()) {
        return;
      }
    }
  }

  /** The layout in force; empty where that is left to the linker. */
  public LayoutPlan plan() {
    return plan;
  }

  /** The format that a script asks for; empty where none does. */
  String outputFormat() {
    return outputFormat;
  }

  /** The output's path by {@code OUTPUT}; empty where no script has it. */
  String output() {
    return output;
  }

  /** Whether a script says a word that speaks for the whole output. */
  public boolean has(LayoutPlan.Flag flag) {
    for (LayoutPlan a : appended) {
      if (a.has(flag)) {
        return true;
      }
    }
    return layout != null && layout.has(flag);
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
