package io.jld.resolve;

import static io.jld.elf.Elf.*;

import io.jld.arch.Need;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.model.Assignments;
import io.jld.model.Assignments.Replaced;
import io.jld.model.Context;
import io.jld.plan.Expression;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OverlayStatement;
import io.jld.plan.Statement;
import io.jld.plan.Statement.Assign;
import io.jld.plan.Statement.Formula;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Defines the symbols that {@link Assignments} give values to, and finds out which statements
 * count, the order in which they have values, and what kind of symbol each makes.
 */
final class AssignSymbols {
  private final Context ctxt;
  private final Assignments all;
  private final List<Formula> statements;

  private int[] order = {};
  private boolean[] relative = {};
  private byte[] type = {};

  private AssignSymbols(Context ctxt) {
    this.ctxt = ctxt;
    this.all = ctxt.assignments;
    this.statements = all.statements();
  }

  /** Objects and libraries have defined what they define. */
  static void run(Context ctxt) {
    if (!ctxt.assignments.statements().isEmpty()) {
      new AssignSymbols(ctxt).define();
    }
  }

  /** Defines the symbols, where objects and libraries have done so. */
  private void define() {
    provide();
    all.dropOthers();
    for (Assign a : all.assigned()) {
      int id = ctxt.names.find(a.symbol());
      SymbolTable symbols = ctxt.symbols();
      if (symbols.file(id) instanceof LinkedObject o) {
        all.replace(a.symbol(), new Replaced(o, symbols.index(id)));
      }
      int order = ctxt.linker().order();
      symbols.assign(id, SymbolTable.KIND_ASSIGNED, order, 0);
      if (a.hidden()) {
        symbols.flag(id, SymbolTable.HIDDEN);
      }
    }
    sort();
    classify();
    all.resolved(order, relative, type);
  }

  /** Finds out which {@code PROVIDE} counts; one that does may refer to what another offers. */
  private void provide() {
    Map<Integer, Integer> offers = new LinkedHashMap<>();
    Set<String> plain = new HashSet<>();
    all.assigned().forEach(a -> plain.add(a.symbol()));
    for (int i = 0; i < statements.size(); i++) {
      if (!all.counts(i)) {
        String symbol = ((Assign) statements.get(i)).symbol();
        int id = ctxt.names.find(symbol);
        if (!isDefined(id) && !plain.contains(symbol)) {
          offers.putIfAbsent(id, i);
        }
      }
    }
    if (offers.isEmpty()) {
      return;
    }
    Deque<Integer> referred = new ArrayDeque<>();
    for (int id : offers.keySet()) {
      if (ctxt.symbols().has(id, SymbolTable.REFERENCED)) {
        referred.add(id);
      }
    }
    for (LinkedLibrary library : ctxt.shared()) {
      for (int row : library.file().references()) {
        if (offers.containsKey(library.nameId(row))) {
          referred.add(library.nameId(row));
        }
      }
    }
    while (!referred.isEmpty()) {
      Integer i = offers.remove(referred.remove());
      if (i != null) {
        all.count(i);
        for (String name : all.references(i)) {
          int id = ctxt.names.find(name);
          if (id != 0) {
            ctxt.symbols().setFlags(id, SymbolTable.REFERENCED);
            referred.add(id);
          }
        }
      }
    }
  }

  /** Whether an object defines a symbol; what a library has does not keep one from being given. */
  private boolean isDefined(int id) {
    return ctxt.symbols().isDefined(id) && ctxt.symbols().kind(id) != SymbolTable.KIND_SHARED;
  }

  private void sort() {
    int n = statements.size();
    int[] sorted = new int[n];
    int count = 0;
    byte[] state = new byte[n]; // 1: what it refers to is being looked at; 2: sorted
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < n; i++) {
      open.push(i);
      while (!open.isEmpty()) {
        int top = open.peek();
        if (state[top] != 0 || !all.counts(top)) {
          open.pop();
          if (state[top] == 1) {
            sorted[count++] = top;
          }
          state[top] = 2;
          continue;
        }
        state[top] = 1;
        for (String symbol : all.references(top)) {
          int other = all.seenBy(top, symbol);
          if (other != Assignments.NONE && state[other] == 0) {
            open.push(other);
          }
        }
      }
    }
    order = Arrays.copyOf(sorted, count);
  }

  private void classify() {
    relative = new boolean[statements.size()];
    type = new byte[statements.size()];
    Set<Formula> inSections = inSections();
    for (int i : order) {
      Expression e = statements.get(i).expression();
      relative[i] =
          inSections.contains(statements.get(i))
              ? !e.isAbsolute()
              : e.isRelative(symbol -> isRelative(i, symbol));
      if (relative[i] && isThreadLocal(i, e)) {
        type[i] = STT_TLS;
      } else {
        int found = e.symbol() == null ? STT_NOTYPE : type(i, e.symbol());
        type[i] = (byte) (found == STT_TLS ? STT_NOTYPE : found);
      }
    }
  }

  /** The statements in the braces of output sections, where numbers count from the section. */
  private Set<Formula> inSections() {
    Set<Formula> found = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Statement s : ctxt.script.plan().statements()) {
      if (s instanceof OutputSectionStatement o) {
        collect(o, found);
      } else if (s instanceof OverlayStatement o) {
        o.sections().forEach(section -> collect(section, found));
      }
    }
    return found;
  }

  private static void collect(OutputSectionStatement section, Set<Formula> to) {
    for (Statement s : section.body()) {
      if (s instanceof Formula f) {
        to.add(f);
      }
    }
  }

  /** Whether a value is a place in a thread's block: it moves with thread-local symbols alone. */
  private boolean isThreadLocal(int statement, Expression e) {
    boolean any = false;
    for (String symbol : e.symbols()) {
      any |= type(statement, symbol) == STT_TLS;
    }
    return any
        && e.isRelative(symbol -> type(statement, symbol) == STT_TLS)
        && !e.isRelative(s -> isRelative(statement, s) && type(statement, s) != STT_TLS);
  }

  private boolean isRelative(int statement, String name) {
    if (name.equals(".")) {
      return true;
    }
    String symbol = all.meant(name);
    int seen = all.seenBy(statement, symbol);
    if (seen != Assignments.NONE) {
      return relative[seen];
    }
    Replaced before = all.replaced(symbol);
    if (before != null) {
      return before.object().file().shndx(before.sym()) != ObjectFile.ABS;
    }
    int id = ctxt.names.find(symbol);
    return !(ctxt.symbols().file(id) instanceof LinkedObject o
        && o.file().shndx(ctxt.symbols().index(id)) == ObjectFile.ABS);
  }

  /** Another name of a function, an object or thread-local data is one too. */
  private int type(int statement, String name) {
    String symbol = all.meant(name);
    int seen = all.seenBy(statement, symbol);
    if (seen != Assignments.NONE) {
      return type[seen];
    }
    Replaced before = all.replaced(symbol);
    int id = ctxt.names.find(symbol);
    int found =
        before != null
            ? before.object().file().symbolType(before.sym())
            : ctxt.symbols().file(id) instanceof LinkedObject o
                ? o.file().symbolType(ctxt.symbols().index(id))
                : STT_NOTYPE;
    return found == STT_FUNC || found == STT_OBJECT || found == STT_TLS ? found : STT_NOTYPE;
  }

  /** An IFUNC that values depend on has its PLT entry as its address; types are known. */
  static void needAddresses(Context ctxt) {
    SymbolTable symbols = ctxt.symbols();
    for (String name : ctxt.assignments.wanted()) {
      int id = ctxt.names.find(name);
      if (id == 0 || !symbols.isIfunc(id) || symbols.isPreemptible(id)) {
        continue;
      }
      symbols.need(id, Need.CANONICAL_PLT);
      if (!ctxt.arch().isPltAddressable(ctxt)) {
        ctxt.error(
            DiagnosticCode.IFUNC_REFERENCE,
            Location.NONE.symbol(name),
            "an expression refers to '"
                + name
                + "', which is an STT_GNU_IFUNC and has no address in a position-independent"
                + " output");
      }
    }
  }
}
