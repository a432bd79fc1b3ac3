package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.resolve.Exports;
import io.jld.symbol.LinkedLibrary;
import io.jld.synth.GotPlt;
import io.jld.synth.Synthetics;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * {@code .dynamic} (gABI, "Dynamic Section"): what the loader, or the start-up code of a static
 * PIE, needs to know.
 */
public final class Dynamic extends Synthetic {
  private record Entry(long tag, LongSupplier value) {}

  private static final int MAX_SPARE = 0xffff;

  private final int wordSize;
  private final List<Entry> entries = new ArrayList<>();
  private int spare;

  public Dynamic(int wordSize, boolean readOnly) {
    super(
        ".dynamic",
        SHT_DYNAMIC,
        readOnly ? SHF_ALLOC : SHF_ALLOC | SHF_WRITE,
        wordSize,
        2L * wordSize);
    this.wordSize = wordSize;
  }

  private void add(long tag, LongSupplier value) {
    entries.add(new Entry(tag, value));
  }

  /** Makes the list of entries; which sections the output has is known, their addresses are not. */
  public void collectIfNeeded(Context ctxt) {
    if (out() == null) {
      return;
    }
    addNames(ctxt);
    addStartUp(ctxt);
    addTables(ctxt);
    addVersions(LoaderTables.of(ctxt), ctxt);
    addFlags(ctxt);
    add(DT_NULL, () -> 0);
    spare = ctxt.option(LinkOption.SPARE_DYNAMIC_TAGS);
    if (spare < 0 || spare > MAX_SPARE) {
      throw new LinkException(
          DiagnosticCode.INVALID_VALUE,
          Location.NONE,
          "--spare-dynamic-tags=" + spare + " is more than " + MAX_SPARE);
    }
  }

  private void addNames(Context ctxt) {
    DynStr strings = LoaderTables.of(ctxt).dynStr();
    for (LinkedLibrary l : ctxt.shared()) {
      if (l.isNeeded()) {
        int at = strings.add(l.soname());
        add(DT_NEEDED, () -> at);
      }
    }
    String soname = ctxt.option(LinkOption.SONAME);
    if (!soname.isEmpty() && ctxt.isShared()) {
      int at = strings.add(soname);
      add(DT_SONAME, () -> at);
    }
    addList(
        strings,
        ctxt.option(LinkOption.NEW_DTAGS) ? DT_RUNPATH : DT_RPATH,
        ctxt.option(LinkOption.RPATH));
    if (ctxt.isShared()) {
      List<String> filters = ctxt.option(LinkOption.FILTER);
      if (!filters.isEmpty()) {
        addName(
            strings, DT_FILTER, filters.get(filters.size() - 1)); // as with GNU ld, there is one
      }
      ctxt.option(LinkOption.AUXILIARY).forEach(name -> addName(strings, DT_AUXILIARY, name));
    }
    addList(strings, DT_AUDIT, ctxt.option(LinkOption.AUDIT));
    addList(strings, DT_DEPAUDIT, ctxt.option(LinkOption.DEPAUDIT));
  }

  private void addName(DynStr strings, long tag, String name) {
    int at = strings.add(name);
    add(tag, () -> at);
  }

  /**
   * One entry for all values, with colons between them; a value that is among them already is left
   * out.
   */
  private void addList(DynStr strings, long tag, List<String> values) {
    String list = "";
    for (String v : values) {
      if (!(":" + list + ":").contains(":" + v + ":")) {
        list += list.isEmpty() ? v : ":" + v;
      }
    }
    if (!list.isEmpty()) {
      addName(strings, tag, list);
    }
  }

  private void addStartUp(Context ctxt) {
    addSymbol(ctxt, DT_INIT, ctxt.option(LinkOption.INIT));
    addSymbol(ctxt, DT_FINI, ctxt.option(LinkOption.FINI));
    addArray(ctxt, ".preinit_array", DT_PREINIT_ARRAY, DT_PREINIT_ARRAYSZ);
    addArray(ctxt, ".init_array", DT_INIT_ARRAY, DT_INIT_ARRAYSZ);
    addArray(ctxt, ".fini_array", DT_FINI_ARRAY, DT_FINI_ARRAYSZ);
  }

  private void addSymbol(Context ctxt, long tag, String name) {
    int id = ctxt.names.find(name);
    if (id != 0 && ctxt.symbols().isDefined(id) && !ctxt.symbols().isPreemptible(id)) {
      add(tag, () -> ctxt.symbols().value(id));
    }
  }

  private void addArray(Context ctxt, String name, long tag, long sizeTag) {
    OutputSection s = ctxt.outputSection(name);
    if (s != null) {
      add(tag, s::vaddr);
      add(sizeTag, () -> s.size);
    }
  }

  private void addTables(Context ctxt) {
    LoaderTables all = LoaderTables.of(ctxt);
    GotPlt gotPlt = Synthetics.of(ctxt).gotPlt();
    if (all.sysvHash().out() != null) {
      add(DT_HASH, all.sysvHash()::addr);
    }
    if (all.gnuHash().out() != null) {
      add(DT_GNU_HASH, all.gnuHash()::addr);
    }
    add(DT_STRTAB, all.dynStr()::addr);
    add(DT_SYMTAB, all.dynSym()::addr);
    add(DT_STRSZ, all.dynStr()::size);
    add(DT_SYMENT, () -> ctxt.elf.symSize);
    if (ctxt.kind() != OutputKind.SHARED && !ctxt.option(LinkOption.READ_ONLY_DYNAMIC)) {
      add(DT_DEBUG, () -> 0);
    }
    if (all.relrDyn().out() != null) {
      boolean android = ctxt.option(LinkOption.ANDROID_RELR_TAGS);
      add(android ? DT_ANDROID_RELR : DT_RELR, all.relrDyn()::addr);
      add(android ? DT_ANDROID_RELRSZ : DT_RELRSZ, all.relrDyn()::size);
      add(android ? DT_ANDROID_RELRENT : DT_RELRENT, () -> wordSize);
    }
    boolean rela = ctxt.arch().info().rela();
    if (gotPlt.out() != null) {
      add(DT_PLTGOT, gotPlt::addr);
    }
    if (all.relPlt().out() != null) {
      add(DT_PLTRELSZ, all.relPlt()::size);
      add(DT_PLTREL, () -> rela ? DT_RELA : DT_REL);
      add(DT_JMPREL, all.relPlt()::addr);
    }
    if (all.relDyn().out() != null) {
      add(rela ? DT_RELA : DT_REL, all.relDyn()::addr);
      add(rela ? DT_RELASZ : DT_RELSZ, all.relDyn()::size);
      add(rela ? DT_RELAENT : DT_RELENT, all.relDyn()::entsize);
      if (all.relDyn().relativeCount() > 0) {
        add(rela ? DT_RELACOUNT : DT_RELCOUNT, all.relDyn()::relativeCount);
      }
    }
    addAndroid(ctxt, all.androidRelocs(), rela);
    ctxt.arch().dynamicTags(ctxt).forEach(t -> add(t.tag(), t.value()));
  }

  private void addAndroid(Context ctxt, AndroidRelocs packed, boolean rela) {
    if (packed.out() != null) {
      add(rela ? DT_ANDROID_RELA : DT_ANDROID_REL, packed::addr);
      add(rela ? DT_ANDROID_RELASZ : DT_ANDROID_RELSZ, packed::size);
      add(rela ? DT_RELAENT : DT_RELENT, LoaderTables.of(ctxt).relDyn()::entsize);
    }
  }

  private void addVersions(LoaderTables all, Context ctxt) {
    if (all.verSym().out() != null) {
      add(DT_VERSYM, all.verSym()::addr);
    }
    if (all.verDef().out() != null) {
      add(DT_VERDEF, all.verDef()::addr);
      add(DT_VERDEFNUM, () -> all.verDef().info(ctxt));
    }
    if (all.verNeed().out() != null) {
      add(DT_VERNEED, all.verNeed()::addr);
      add(DT_VERNEEDNUM, () -> all.verNeed().info(ctxt));
    }
  }

  private void addFlags(Context ctxt) {
    List<String> z = ctxt.option(LinkOption.Z_KEYWORDS);
    boolean now = ctxt.option(LinkOption.BIND_NOW);
    long flags = 0;
    long flags1 = 0;
    if (now) {
      flags |= DF_BIND_NOW;
      flags1 |= DF_1_NOW;
    }
    if (ctxt.staticTls.get() && ctxt.isShared()) {
      flags |= DF_STATIC_TLS;
    }
    if (Exports.of(ctxt).isSymbolic(ctxt)) {
      flags |= DF_SYMBOLIC;
      add(DT_SYMBOLIC, () -> 0);
    }
    if (ctxt.textRelocations()) {
      flags |= DF_TEXTREL;
      add(DT_TEXTREL, () -> 0);
    }
    if (z.contains("origin")) {
      flags |= DF_ORIGIN;
      flags1 |= DF_1_ORIGIN;
    }
    for (String keyword : z) {
      flags1 |= mark(keyword, ctxt.isShared());
    }
    flags1 |= ctxt.kind() == OutputKind.PIE ? DF_1_PIE : 0;
    if (z.contains("unique")) {
      add(DT_GNU_FLAGS_1, () -> DF_GNU_1_UNIQUE);
    }
    long f = flags;
    long f1 = flags1;
    if (f != 0 && ctxt.option(LinkOption.NEW_DTAGS)) {
      add(DT_FLAGS, () -> f);
    }
    if (f1 != 0) {
      add(DT_FLAGS_1, () -> f1);
    }
  }

  /**
   * The bit of {@code DT_FLAGS_1} for a keyword of {@code -z}; 0 for one that means nothing, as
   * some do for an executable.
   */
  private static long mark(String keyword, boolean shared) {
    return switch (keyword) {
      case "nodelete" -> shared ? DF_1_NODELETE : 0;
      case "initfirst" -> shared ? DF_1_INITFIRST : 0;
      case "nodlopen" -> shared ? DF_1_NOOPEN : 0;
      case "nodump" -> DF_1_NODUMP;
      case "interpose" -> DF_1_INTERPOSE;
      case "global" -> DF_1_GLOBAL;
      case "globalaudit" -> DF_1_GLOBAUDIT;
      case "loadfltr" -> DF_1_LOADFLTR;
      case "nodefaultlib" -> DF_1_NODEFLIB;
      default -> 0;
    };
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.isDynamic();
  }

  @Override
  public long size() {
    return ((long) entries.size() + spare) * 2 * wordSize;
  }

  @Override
  public Synthetic link(Context ctxt) {
    return LoaderTables.of(ctxt).dynStr();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    for (int i = 0; i < entries.size(); i++) {
      ctxt.elf.putWord(slice, 2L * i * wordSize, entries.get(i).tag());
      ctxt.elf.putWord(slice, (2L * i + 1) * wordSize, entries.get(i).value().getAsLong());
    }
    slice.asSlice(2L * entries.size() * wordSize).fill((byte) 0); // DT_NULL
  }
}
