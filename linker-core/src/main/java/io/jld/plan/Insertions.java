package io.jld.plan;

import io.jld.link.DiagnosticCode;
import io.jld.plan.Statement.Assign;
import io.jld.plan.Statement.Insert;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the statements before each {@code INSERT} into another plan, as GNU ld does it: after the
 * output section and the assignments that follow it, but before the first one to the location
 * counter, which belongs to what comes next; at the very end after the last output section. {@code
 * INSERT BEFORE} is that for the output section before the one that is named.
 */
final class Insertions {
  private final List<Statement> statements;

  private Insertions(List<Statement> base) {
    statements = new ArrayList<>(base);
  }

  /**
   * The statements of {@code base} with those of a plan inserted, in the order of its {@code
   * INSERT}; those after its last one come before all.
   *
   * @throws io.jld.link.LinkException where an output section is not there
   */
  static List<Statement> into(List<Statement> base, List<Statement> inserting) {
    Insertions all = new Insertions(base);
    List<Statement> pending = new ArrayList<>();
    for (Statement s : inserting) {
      if (s instanceof Insert i) {
        all.insert(i, pending);
        pending.clear();
      } else {
        pending.add(s);
      }
    }
    all.statements.addAll(0, pending);
    return all.statements;
  }

  private void insert(Insert insert, List<Statement> what) {
    int at = find(insert.section());
    if (at < 0) {
      throw insert
          .place()
          .error(
              DiagnosticCode.SCRIPT_COMMAND,
              "INSERT "
                  + (insert.after() ? "AFTER " : "BEFORE ")
                  + insert.section()
                  + ": there is no such output section");
    }
    statements.addAll(insert.after() ? after(at) : before(at), what);
  }

  private int find(String section) {
    for (int i = 0; i < statements.size(); i++) {
      if (isNamed(statements.get(i), section)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isNamed(Statement s, String section) {
    if (s instanceof OverlayStatement o) {
      for (OutputSectionStatement inner : o.sections()) {
        if (inner.name().equals(section)) {
          return true;
        }
      }
    }
    return s instanceof OutputSectionStatement o && o.name().equals(section);
  }

  private static boolean isSection(Statement s) {
    return s instanceof OutputSectionStatement || s instanceof OverlayStatement;
  }

  private int before(int section) {
    for (int i = section - 1; i >= 0; i--) {
      if (isSection(statements.get(i))) {
        return after(i);
      }
    }
    return section;
  }

  private int after(int section) {
    int counter = -1;
    for (int i = section + 1; i < statements.size(); i++) {
      Statement s = statements.get(i);
      if (isSection(s)) {
        return counter < 0 ? i : counter;
      }
      if (counter < 0 && s instanceof Assign a && a.isCounter()) {
        counter = i;
      }
    }
    return statements.size();
  }
}
