package io.jld.resolve;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Space for the common symbols that no object defines: of the largest size and the strictest
 * alignment that any object asks for, or of a library's size where that is larger (gABI, "Symbol
 * Table", {@code SHN_COMMON}). They come last in {@code .bss}, as with GNU ld.
 */
public final class Commons extends Synthetic {
  private final Map<Integer, Long> offsets = new LinkedHashMap<>();
  private final Map<Integer, Long> aligns = new LinkedHashMap<>();

  /** Null where all of it stands together. */
  private Map<LinkedObject, Commons> parts;

  private long size;
  private long align = 1;

  /** Where the space of common symbols is. */
  enum Kind {
    PLAIN(".bss", 0, "COMMON"),
    LARGE(".lbss", SHF_X86_64_LARGE, "LARGE_COMMON"),
    THREAD_LOCAL(".tbss", SHF_TLS, ".tcommon");

    private final String section;
    private final long flags;

    /** The name by which scripts mean them. */
    private final String pattern;

    Kind(String section, long flags, String pattern) {
      this.section = section;
      this.flags = flags;
      this.pattern = pattern;
    }
  }

  private final Kind kind;

  Commons(Kind kind) {
    super(kind.section, SHT_NOBITS, SHF_ALLOC | SHF_WRITE | kind.flags, 1, 0);
    this.kind = kind;
  }

  /**
   * Allocates what is left to be common; the largest definition becomes the symbol's.
   *
   * @param large the names that all objects have as large
   */
  void allocate(Context ctxt, List<LinkedObject> withCommons, Set<Integer> large) {
    SymbolTable symbols = ctxt.symbols();
    for (LinkedObject object : withCommons) {
      ObjectFile f = object.file();
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        int id = object.symbolNameId(i);
        if (f.shndx(i) != ObjectFile.COMMON
            || kind(f.symbolType(i) == STT_TLS, large.contains(id)) != kind
            || !isAllocated(ctxt, id)) {
          continue;
        }
        long a = f.symbolValue(i);
        if (a < 0 || (a & (a - 1)) != 0 || f.symbolSize(i) < 0) {
          ctxt.error(
              DiagnosticCode.COMMON_SYMBOL,
              f.location().symbol(f.symbolName(i)),
              "common symbol '" + f.symbolName(i) + "' has an invalid alignment");
          continue;
        }
        aligns.merge(id, Math.max(1, a), Math::max);
        if (f.symbolSize(i) > symbols.size(id)) {
          if (symbols.kind(id) == SymbolTable.KIND_COMMON) {
            symbols.assign(id, SymbolTable.KIND_COMMON, object.order(), i);
          } else {
            symbols.setSize(id, f.symbolSize(i));
          }
        }
      }
    }
    for (LinkedLibrary l : ctxt.shared()) {
      growTo(l, symbols, aligns);
    }
    for (Map.Entry<Integer, Long> e : sorted(aligns, ctxt.option(LinkOption.SORT_COMMON))) {
      long a = e.getValue();
      align = Math.max(align, a);
      size = ElfClass.align(size, a);
      offsets.put(e.getKey(), size);
      size += symbols.size(e.getKey());
    }
  }

  static Kind kind(boolean threadLocal, boolean large) {
    return threadLocal ? Kind.THREAD_LOCAL : large ? Kind.LARGE : Kind.PLAIN;
  }

  /**
   * Gives up the space of objects none of whose common symbols is referred to: like a section of
   * theirs, they stay or go together.
   */
  void retain(Context ctxt, Set<LinkedObject> live) {
    SymbolTable symbols = ctxt.symbols();
    long at = 0;
    align = 1;
    for (Iterator<Map.Entry<Integer, Long>> i = offsets.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<Integer, Long> e = i.next();
      int id = e.getKey();
      if (symbols.file(id) instanceof LinkedObject o && !live.contains(o)) {
        symbols.flag(id, SymbolTable.DISCARDED);
        aligns.remove(id);
        i.remove();
        continue;
      }
      long a = Math.max(1, aligns.get(id));
      align = Math.max(align, a);
      at = ElfClass.align(at, a);
      e.setValue(at);
      at += symbols.size(id);
    }
    size = at;
  }

  /**
   * Whether the symbol needs space here: it has no other definition, or an assignment that defines
   * it refers to it.
   */
  private static boolean isAllocated(Context ctxt, int id) {
    int kind = ctxt.symbols().kind(id);
    return kind == SymbolTable.KIND_COMMON
        || (kind == SymbolTable.KIND_ASSIGNED
            && ctxt.assignments.usesReplaced(ctxt.symbols().name(id)));
  }

  /**
   * The library's code finds these symbols in the place of its own, which may be larger. So do GNU
   * ld and lld.
   */
  private static void growTo(
      LinkedLibrary library, SymbolTable symbols, Map<Integer, Long> aligns) {
    SharedFile f = library.file();
    for (int r = 0; library.isNeeded() && !aligns.isEmpty() && r < f.rows(); r++) {
      int id = library.nameId(r);
      if (f.isDefined(r)
          && aligns.containsKey(id)
          && f.symbolType(r) != STT_FUNC
          && f.symbolType(r) != STT_GNU_IFUNC
          && f.symbolSize(r) > symbols.size(id)) {
        symbols.setSize(id, f.symbolSize(r));
      }
    }
  }

  private static List<Map.Entry<Integer, Long>> sorted(
      Map<Integer, Long> aligns, LinkOption.SortCommon order) {
    List<Map.Entry<Integer, Long>> entries = new ArrayList<>(aligns.entrySet());
    switch (order) {
      case ASCENDING -> entries.sort(Map.Entry.comparingByValue());
      case DESCENDING -> entries.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
      case NONE -> {}
    }
    return entries;
  }

  /**
   * The same space in parts, one for each object that defines some of the symbols, since a script
   * may place each of them separately.
   */
  public Map<LinkedObject, Commons> byFile(Context ctxt) {
    SymbolTable symbols = ctxt.symbols();
    parts = new LinkedHashMap<>();
    for (int id : offsets.keySet()) {
      LinkedObject object =
          symbols.file(id) instanceof LinkedObject o
              ? o
              : ctxt.assignments.replaced(symbols.name(id)).object(); // assigned to since
      Commons part = parts.computeIfAbsent(object, o -> new Commons(kind));
      long a = Math.max(1, aligns.get(id));
      part.align = Math.max(part.align, a);
      part.size = ElfClass.align(part.size, a);
      part.offsets.put(id, part.size);
      part.size += symbols.size(id);
    }
    return parts;
  }

  /** What has the space of an object's symbols: this, or a part of it. */
  public Commons of(LinkedObject object) {
    return parts == null ? this : parts.getOrDefault(object, this);
  }

  /** The name by which a script's descriptions of input sections mean these. */
  public String pattern() {
    return kind.pattern;
  }

  /** The strictest alignment that one of them asks for. */
  @Override
  public long align() {
    return align;
  }

  /** The symbols that have space here, in the order of their addresses. */
  public int[] ids() {
    int[] ids = new int[offsets.size()];
    int n = 0;
    for (int id : offsets.keySet()) {
      ids[n++] = id;
    }
    return ids;
  }

  /** The symbol's address, once this has its own. */
  public long address(int id) {
    return addr() + offsets.getOrDefault(id, 0L);
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return !offsets.isEmpty();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.fill((byte) 0); // an input gave the section a type with content (objcopy can do so)
  }
}
