package io.jld.lto;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.load.LinkerNames;
import io.jld.load.WrapSymbols;
import io.jld.model.Context;
import io.jld.plugin.ClaimedFile;
import io.jld.plugin.PluginSymbol;
import io.jld.plugin.Resolution;
import io.jld.resolve.Exports;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells plug-ins what has become of the symbols of intermediate code, and has them compile it. A
 * definition that prevails may be inlined and left out where nothing but intermediate code knows of
 * it: no machine code, no option, no script, no shared library, nobody who loads the output.
 */
public final class CompileIntermediate {
  private final Context ctxt;
  private final SymbolTable symbols;
  private final Exports exports;

  /** The names that others know: machine code, the linker itself, shared libraries. */
  private final BitSet known = new BitSet();

  private CompileIntermediate(Context ctxt) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols();
    this.exports = Exports.of(ctxt);
  }

  public static void run(Context ctxt) {
    CompileIntermediate r = new CompileIntermediate(ctxt);
    r.findKnown();
    Set<String> groups = new HashSet<>();
    Set<String> locals = new HashSet<>();
    for (LinkedObject o : ctxt.objects()) {
      ClaimedFile file = ctxt.plugins().of(o.file().data());
      if (file != null) {
        file.resolve(r.resolutions(o, file));
        r.addGroups(o, groups);
        r.addLocals(o, locals);
      }
    }
    ctxt.plugins().setGroups(groups);
    ctxt.plugins().setLocals(locals);
    ctxt.plugins().compile();
  }

  /** Adds the signatures of an object's groups that are linked. */
  private void addGroups(LinkedObject o, Set<String> groups) {
    for (ObjectFile.Group g : o.file().groups()) {
      if (!ctxt.sections().has(o.sectionId(g.members()[0]), SectionTable.DUPLICATE)) {
        groups.add(ctxt.names.string(o.nameId(g.name())));
      }
    }
  }

  /** Adds what an object defines and {@code --exclude-libs} or a version script keeps local. */
  private void addLocals(LinkedObject o, Set<String> locals) {
    for (int i = o.file().firstGlobal(), n = o.file().symbolCount(); i < n; i++) {
      int id = o.symbolNameId(i);
      if (symbols.has(id, SymbolTable.FORCED_LOCAL) && symbols.isDefinedBy(id, o.order(), i)) {
        locals.add(ctxt.names.string(id));
      }
    }
  }

  private void findKnown() {
    for (LinkedObject o : ctxt.objects()) {
      if (!isIntermediate(o)) {
        ObjectFile f = o.file();
        for (int i = f.firstGlobal(), n = f.symbolCount(); i < n; i++) {
          known.set(o.symbolNameId(i));
        }
      }
    }
    for (LinkedLibrary l : ctxt.shared()) {
      for (int r = 0; r < l.file().rows(); r++) {
        if (!l.file().isDefined(r)) {
          known.set(l.nameId(r)); // one that it defines itself need not be kept for it
        }
      }
    }
    LinkerNames.wanted(ctxt).forEach(this::know);
    for (int id : LinkerNames.matched(ctxt)) {
      known.set(id);
    }
    ctxt.assignments.names().forEach(this::know);
    know("_start");
    know(ctxt.option(LinkOption.INIT));
    know(ctxt.option(LinkOption.FINI));
    // A wrapped function is called by another name once its code is compiled.
    WrapSymbols.names(ctxt).forEach(this::know);
  }

  private void know(String name) {
    known.set(ctxt.names.find(name));
  }

  private static boolean isIntermediate(LinkedFile f) {
    return f instanceof LinkedObject o && o.file().origin() == ObjectFile.Origin.INTERMEDIATE;
  }

  private Resolution[] resolutions(LinkedObject o, ClaimedFile file) {
    int first = o.file().firstGlobal();
    Resolution[] all = new Resolution[file.symbols().size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = resolution(o, first + i, file.symbols().get(i));
    }
    return all;
  }

  private Resolution resolution(LinkedObject o, int sym, PluginSymbol symbol) {
    int id = o.symbolNameId(sym);
    if (!symbols.isDefined(id)) {
      return Resolution.UNDEF;
    }
    if (symbols.isDefinedBy(id, o.order(), sym)) {
      return prevailing(id);
    }
    LinkedFile by = symbols.file(id);
    if (symbol.kind().isUndefined() || symbol.kind() == PluginSymbol.Kind.COMMON) {
      return isIntermediate(by)
          ? Resolution.RESOLVED_IR
          : by instanceof LinkedLibrary ? Resolution.RESOLVED_DYN : Resolution.RESOLVED_EXEC;
    }
    return isIntermediate(by) ? Resolution.PREEMPTED_IR : Resolution.PREEMPTED_REG;
  }

  private Resolution prevailing(int id) {
    if (known.get(id)) {
      return Resolution.PREVAILING_DEF;
    }
    return ctxt.kind() == OutputKind.RELOCATABLE || exports.isExported(ctxt, id)
        ? Resolution.PREVAILING_DEF_IRONLY_EXP
        : Resolution.PREVAILING_DEF_IRONLY;
  }
}
