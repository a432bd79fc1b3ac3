package io.jld.relocatable;

import static io.jld.elf.Elf.*;

import io.jld.model.AssignedValue;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.OutputTables;
import io.jld.model.Synthetic;
import io.jld.script.ExpressionParser;
import io.jld.write.FileTables;
import io.jld.write.Tables;
import java.util.OptionalLong;

/** Writes what a relocatable output has beside its contents; none of it has an address. */
public final class WriteRelocatable implements FileTables.Kind, OutputTables {
  private final Context ctxt;
  private final RelocatableSymTab symTab;

  private WriteRelocatable(Context ctxt) {
    this.ctxt = ctxt;
    this.symTab = Relocatable.of(ctxt).symTab;
  }

  /** The place of the tables, and with it the size of the file. */
  public static long place(Context ctxt) {
    Tables tables = Tables.place(ctxt, Relocatable.of(ctxt).symTab);
    ctxt.handOn(tables);
    ctxt.setTables(new WriteRelocatable(ctxt));
    return tables.size();
  }

  @Override
  public void write() {
    new FileTables(ctxt, this).write(symTab, 0);
  }

  @Override
  public int type() {
    return ET_REL;
  }

  @Override
  public boolean hasGnuSymbols() {
    return symTab.hasGnuSymbols() || Relocatable.of(ctxt).gnuSections;
  }

  /** Where {@code -e} or a script says so; a symbol's value is the offset in its section. */
  @Override
  public long entry() {
    String entry = ctxt.script.entry(ctxt);
    int id = entry.isEmpty() ? 0 : ctxt.names.find(entry);
    if (id != 0 && ctxt.symbols().isDefined(id)) {
      AssignedValue v = SymbolOffsets.offset(ctxt, id);
      return v == null ? 0 : v.offset();
    }
    boolean number = !entry.isEmpty() && Character.isDigit(entry.charAt(0));
    return number ? ExpressionParser.parse("-e", entry).evaluate(s -> OptionalLong.empty()) : 0;
  }

  @Override
  public long address(OutputSection s) {
    return isTable(s) ? 0 : Relocatable.of(ctxt).part(s).address;
  }

  @Override
  public long flags(OutputSection s) {
    return s.flags();
  }

  @Override
  public int link(OutputSection s) {
    if (isTable(s)) {
      Synthetic other = s.synthetics().get(0).link(ctxt);
      return other == null ? 0 : other.out().index;
    }
    Relocatable.Part p = Relocatable.of(ctxt).part(s);
    if (p.linksSymbols) {
      return Tables.of(ctxt).symtab().index;
    }
    return p.linked == null ? 0 : p.linked.out.index;
  }

  @Override
  public int info(OutputSection s) {
    if (isTable(s)) {
      return s.synthetics().get(0).info(ctxt);
    }
    Relocatable.Part p = Relocatable.of(ctxt).part(s);
    if (p.relocated != null) {
      return p.relocated.out.index;
    }
    if (s.type() != SHT_GROUP) {
      return 0;
    }
    int id = s.item(0);
    return symTab.signature(ctxt.sections().object(id), ctxt.sections().index(id));
  }

  /** Whether it is no part of the content. */
  private boolean isTable(OutputSection s) {
    return s.index > ctxt.outputSections().size();
  }
}
