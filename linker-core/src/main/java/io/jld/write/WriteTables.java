package io.jld.write;

import static io.jld.elf.Elf.*;

import io.jld.layout.BinaryOutput;
import io.jld.link.DiagnosticCode;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.OutputTables;
import io.jld.model.SymbolRows;
import io.jld.model.Synthetic;
import io.jld.place.PlanItems;
import io.jld.segment.ProgramHeaders;
import io.jld.segment.SegmentMap;
import java.util.List;

/**
 * Writes what is sized last: file header, program headers, {@code .symtab}, {@code .strtab}, {@code
 * .shstrtab}, section headers.
 */
public final class WriteTables implements FileTables.Kind, OutputTables {
  private final Context ctxt;

  private WriteTables(Context ctxt) {
    this.ctxt = ctxt;
  }

  /** The place of the tables, and with it the size of the file. */
  public static long place(Context ctxt) {
    Tables tables =
        ctxt.isBinary() ? Tables.none(ctxt.layout().size()) : Tables.place(ctxt, symbols(ctxt));
    ctxt.handOn(tables);
    ctxt.setTables(new WriteTables(ctxt));
    ctxt.handOn(SymbolRows.class, new SymbolWriter(ctxt));
    return tables.size();
  }

  private static SymTab symbols(Context ctxt) {
    return SymTab.isNeeded(ctxt) ? SymTab.of(ctxt) : null;
  }

  @Override
  public void write() {
    if (ctxt.isBinary()) {
      BinaryOutput.fillGaps(ctxt);
      return;
    }
    List<ProgramHeaders.Header> phdrs = ctxt.get(SegmentMap.class).headers();
    FileTables file = new FileTables(ctxt, this);
    file.write(symbols(ctxt), phdrs.size());
    int start = ctxt.elf.ehdrSize;
    long size = ProgramHeaders.headerSize(ctxt, phdrs.size()) - start;
    ProgramHeaders.write(ctxt, file.slice(start, size), phdrs);
  }

  @Override
  public int type() {
    return ctxt.kind() == OutputKind.EXECUTABLE ? ET_EXEC : ET_DYN;
  }

  @Override
  public boolean hasGnuSymbols() {
    return SymTab.of(ctxt).hasGnuSymbols();
  }

  /** As GNU ld has it: it is the built-in script that says {@code ENTRY(_start)}. */
  private String defaultEntry() {
    return ctxt.script.isBuiltIn() ? "_start" : "start";
  }

  /**
   * {@code -e} or a script's {@code ENTRY}: a symbol or a number; {@code _start} where there is
   * none; the code's start where that is missing too.
   */
  @Override
  public long entry() {
    String entry = ctxt.script.entry(ctxt);
    String name = entry.isEmpty() ? defaultEntry() : entry;
    int id = ctxt.names.find(name);
    if (id != 0 && ctxt.symbols().isDefined(id)) {
      return ctxt.symbols().value(id);
    }
    if (!entry.isEmpty() && Character.isDigit(entry.charAt(0))) {
      return io.jld.script.ExpressionParser.parse("-e", entry)
          .evaluate(s -> java.util.OptionalLong.empty());
    }
    if (ctxt.isShared()) {
      return 0;
    }
    OutputSection text = ctxt.outputSection(".text");
    long start = text != null ? text.addr : PlanItems.of(ctxt).addressOf(".text");
    if (entry.isEmpty() && !ctxt.script.isBuiltIn()) {
      return start; // nobody has asked for one
    }
    ctxt.warning(
        DiagnosticCode.ENTRY_NOT_FOUND,
        io.jld.link.Location.NONE,
        "cannot find entry symbol " + name + "; defaulting to 0x" + Long.toHexString(start));
    return start;
  }

  @Override
  public long address(OutputSection s) {
    return s.headerAddr();
  }

  /** {@code SHF_GNU_RETAIN} is a request to this link, which has been granted. */
  @Override
  public long flags(OutputSection s) {
    long kept = s.flags() & ~SHF_GNU_RETAIN;
    return kept | (isRel(s) && info(s) != 0 ? SHF_INFO_LINK : 0);
  }

  @Override
  public int link(OutputSection s) {
    Synthetic y = only(s);
    Synthetic other = y == null ? null : y.link(ctxt);
    int link = other == null || other.out() == null ? 0 : other.out().index;
    link = s.linked == null ? link : s.linked.index;
    // gABI, "sh_link and sh_info": .symtab, where there is no .dynsym
    return link == 0 && isRel(s) && Tables.of(ctxt).symtab() != null
        ? Tables.of(ctxt).symtab().index
        : link;
  }

  @Override
  public int info(OutputSection s) {
    Synthetic y = only(s);
    return y == null ? 0 : y.info(ctxt);
  }

  private static Synthetic only(OutputSection s) {
    return s.synthetics().size() == 1 ? s.synthetics().get(0) : null;
  }

  private static boolean isRel(OutputSection s) {
    return s.type() == SHT_RELA || s.type() == SHT_REL;
  }
}
