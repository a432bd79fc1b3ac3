package io.jld.symbol;

import io.jld.arch.Need;
import io.jld.arch.Symbols;
import io.jld.elf.Columns;
import io.jld.elf.Elf;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All symbols of a link in columns. Numbers: 0 is the null symbol; then one for each name of a
 * global symbol, in the order of the {@link NameTable}; then the local symbols of the linked
 * objects, in the order of the link.
 *
 * <p>Resolution is a minimum over ranks: (kind, order of the file, index in the file), so that
 * files can be looked at in any order and by many threads.
 */
public final class SymbolTable implements Symbols {
  // Bits 0 to 7 of the flags are those of Need.

  /** Seen with {@code STV_HIDDEN} or {@code STV_INTERNAL} in some object. */
  public static final int HIDDEN = 1 << 8;

  /** Seen with {@code STV_PROTECTED} in some object. */
  public static final int PROTECTED = 1 << 9;

  /** An object refers to it, and not weakly. */
  public static final int STRONG_REF = 1 << 10;

  /** An object refers to it. */
  public static final int REFERENCED = 1 << 11;

  /** Bound by the loader. */
  public static final int PREEMPTIBLE = 1 << 12;

  public static final int IFUNC = 1 << 13;
  public static final int TLS = 1 << 14;
  public static final int FUNCTION = 1 << 15;

  /** Its value does not move with the output. */
  public static final int ABSOLUTE = 1 << 16;

  /** A weak reference that stays undefined. */
  public static final int UNDEFINED_WEAK = 1 << 17;

  /** Its section is not part of the output. */
  public static final int DISCARDED = 1 << 18;

  /** In {@code .dynsym} as a definition of this output. */
  public static final int EXPORTED = 1 << 19;

  /** A shared library that the output names refers to it or defines it. */
  public static final int IN_SHARED = 1 << 20;

  /** Made local by a version script or {@code --exclude-libs}. */
  public static final int FORCED_LOCAL = 1 << 21;

  /** Referred to, not weakly, and defined by nothing. */
  public static final int UNDEFINED = 1 << 22;

  /** A shared library defines it, whether the output names that one or not. */
  public static final int SHARED_DEF = 1 << 23;

  /** Who refers to it is to be warned ({@code .gnu.warning.SYMBOL}). */
  public static final int WARNED = 1 << 24;

  /** A file that is linked has it thread-local. */
  public static final int SEEN_TLS = 1 << 25;

  /** An object refers to it as to something that is not thread-local. */
  public static final int SEEN_PLAIN = 1 << 26;

  /** An object defines it in a section that a script throws away, which does not count. */
  public static final int THROWN_AWAY = 1 << 27;

  /** Its section is folded into another one, where its value is ({@code --icf}). */
  public static final int FOLDED = 1 << 28;

  /** It may be more than 2 GiB away from what refers to it. */
  public static final int FAR = 1 << 29;

  // Kinds of definitions, best first

  /** {@code --defsym}. */
  public static final int KIND_ASSIGNED = 0;

  public static final int KIND_STRONG = 1;
  public static final int KIND_COMMON = 2;
  public static final int KIND_WEAK = 3;

  /** Defined by the linker where nothing else in the output defines it ({@code PROVIDE}). */
  public static final int KIND_PROVIDED = 4;

  public static final int KIND_SHARED = 5;
  private static final long NO_RANK = Long.MAX_VALUE;

  private final NameTable names;
  private final LinkedFile[] files;
  private final int globals;
  private final long[] rank;
  private final int[] flags;

  /** Index into the table of GOT and PLT slots; 0: none. */
  private final int[] aux;

  private final long[] value;
  private final boolean alone;
  private Slots slots;

  /** The sizes of the few symbols that don't have their definition's. */
  private final Map<Integer, Long> sizes = new HashMap<>();

  /** Null where all sections are as they were read. */
  private SectionTable edited;

  /** Bits that the architecture has added to {@code st_other}; few symbols have any. */
  private final Map<Integer, Integer> others = new ConcurrentHashMap<>();

  /**
   * @param names the interned names; ends where local symbols begin
   * @param files the linked files by their order
   * @param count of all symbols, the locals among them
   * @param alone whether one thread does all that other methods allow for any thread
   */
  public SymbolTable(NameTable names, LinkedFile[] files, int count, boolean alone) {
    this.alone = alone;
    this.names = names;
    this.files = files.clone();
    this.globals = names.end();
    this.rank = new long[globals];
    Columns.fill(rank, NO_RANK);
    this.flags = new int[count];
    this.aux = new int[count];
    this.value = new long[count];
  }

  public int count() {
    return flags.length;
  }

  /** Global symbols have numbers from 1 to this, exclusive; the others are local. */
  public int globals() {
    return globals;
  }

  // Resolution

  /** Offers a definition; the best one stays. From any thread. */
  public void define(int id, int kind, int order, int sym) {
    AtomicElements.lower(rank, id, rank(kind, order, sym), alone);
  }

  /** Replaces whatever definition there is. */
  public void assign(int id, int kind, int order, int sym) {
    rank[id] = rank(kind, order, sym);
  }

  /** Takes back the definition. */
  public void undefine(int id) {
    rank[id] = NO_RANK;
  }

  private static long rank(int kind, int order, int sym) {
    return ((long) kind << 60) | ((long) order << 32) | (sym & 0xffffffffL);
  }

  public boolean isDefined(int id) {
    return id >= globals || rank[id] != NO_RANK;
  }

  /**
   * Whether the definition of a global symbol is the one with index {@code sym} in the file with
   * the given order.
   */
  public boolean isDefinedBy(int id, int order, int sym) {
    return rank[id] << 4 == rank(0, order, sym) << 4;
  }

  /** The number of the input section that a symbol is defined in; 0 where it is in none. */
  public int section(int id) {
    if (id == 0 || !isDefined(id) || !(file(id) instanceof LinkedObject o)) {
      return 0;
    }
    int ndx = o.file().shndx(index(id));
    return ndx > 0 ? o.sectionId(ndx) : 0;
  }

  /** The kind of the definition of a defined global symbol. */
  public int kind(int id) {
    return (int) (rank[id] >>> 60);
  }

  /** The file with the definition; null for an undefined symbol. */
  public LinkedFile file(int id) {
    if (id >= globals) {
      return localFile(id);
    }
    return rank[id] == NO_RANK ? null : files[order(id)];
  }

  /** The order of the file with the definition. */
  public int order(int id) {
    return (int) (rank[id] >>> 32) & 0x0fffffff;
  }

  /** The definition's index in its file. */
  public int index(int id) {
    return id >= globals ? id - ((LinkedObject) localFile(id)).firstLocal() : (int) rank[id];
  }

  private LinkedFile localFile(int id) {
    int lo = 0;
    int hi = files.length - 1;
    LinkedFile found = null;
    while (lo <= hi) {
      int mid = (lo + hi) >>> 1;
      if (firstLocal(mid) <= id) {
        found = files[mid];
        lo = mid + 1;
      } else {
        hi = mid - 1;
      }
    }
    return found;
  }

  /**
   * Objects come first in the order of the link; files of other kinds after them have no local
   * symbols.
   */
  private int firstLocal(int order) {
    return files[order] instanceof LinkedObject o ? o.firstLocal() : Integer.MAX_VALUE;
  }

  // Flags

  public boolean has(int id, int flag) {
    return (flags[id] & flag) != 0;
  }

  public int flags(int id) {
    return flags[id];
  }

  /** The first symbol from {@code from} on that has any of the bits; {@code end} if none has. */
  public int next(int from, int end, int bits) {
    int[] all = flags;
    int id = from;
    while (id < end && (all[id] & bits) == 0) {
      id++;
    }
    return id;
  }

  /** Sets bits; from any thread. */
  public void flag(int id, int bits) {
    AtomicElements.set(flags, id, bits, alone);
  }

  /** Sets bits while no other thread does. */
  public void setFlags(int id, int bits) {
    flags[id] |= bits;
  }

  public void clearFlags(int id, int bits) {
    flags[id] &= ~bits;
  }

  // Values and slots

  public void setValue(int id, long v) {
    value[id] = v;
  }

  /** Tells where the symbols that asked for slots have them. */
  public void setSlots(Slots slots) {
    this.slots = slots;
  }

  public void setAux(int id, int index) {
    aux[id] = index;
  }

  public int aux(int id) {
    return aux[id];
  }

  /** Where a symbol's GOT and PLT slots are; the index is that of {@link #setAux}. */
  public interface Slots {
    long got(int aux);

    long tpOff(int aux);

    long tlsGd(int aux);

    long tlsDesc(int aux);

    long plt(int aux);
  }

  // Symbols

  @Override
  public String name(int sym) {
    if (sym >= globals) {
      return ((LinkedObject) localFile(sym)).file().symbolName(index(sym));
    }
    return names.string(sym);
  }

  public NameTable names() {
    return names;
  }

  @Override
  public boolean isPreemptible(int sym) {
    return (flags[sym] & PREEMPTIBLE) != 0;
  }

  @Override
  public boolean isDefinedHere(int sym) {
    return sym == 0 || sym >= globals || (isDefined(sym) && kind(sym) != KIND_SHARED);
  }

  @Override
  public boolean isIfunc(int sym) {
    return (flags[sym] & IFUNC) != 0;
  }

  @Override
  public boolean isTls(int sym) {
    return (flags[sym] & TLS) != 0;
  }

  @Override
  public boolean isFunction(int sym) {
    return (flags[sym] & FUNCTION) != 0;
  }

  @Override
  public boolean isAbsolute(int sym) {
    return (flags[sym] & ABSOLUTE) != 0;
  }

  @Override
  public boolean isUndefinedWeak(int sym) {
    return (flags[sym] & UNDEFINED_WEAK) != 0;
  }

  @Override
  public boolean isDiscarded(int sym) {
    return (flags[sym] & DISCARDED) != 0;
  }

  @Override
  public boolean isFar(int sym) {
    return (flags[sym] & FAR) != 0;
  }

  @Override
  public int find(String name) {
    return names.find(name);
  }

  @Override
  public void addOther(int sym, int bits) {
    others.merge(sym, bits & ~3, (a, b) -> a | b);
  }

  /** Bits that have been {@linkplain #addOther added}. */
  public int addedOther(int sym) {
    return others.isEmpty() ? 0 : others.getOrDefault(sym, 0);
  }

  @Override
  public void need(int sym, int needs) {
    flag(sym, needs);
  }

  @Override
  public long value(int sym) {
    return value[sym];
  }

  @Override
  public long callTarget(int sym) {
    return (flags[sym] & (Need.PLT | Need.CANONICAL_PLT)) != 0 ? slots.plt(aux[sym]) : value[sym];
  }

  /** Takes the sections out of which something has been taken: symbols get shorter with them. */
  public void setEdited(SectionTable sections) {
    edited = sections;
  }

  /** Gives a symbol another size than its definition says. While no other thread looks. */
  public void setSize(int id, long size) {
    sizes.put(id, size);
  }

  @Override
  public long size(int sym) {
    Long own = sizes.get(sym);
    if (own != null) {
      return own;
    }
    LinkedFile f = file(sym);
    if (f instanceof LinkedObject o) {
      return edited == null ? o.file().symbolSize(index(sym)) : edited.symbolSize(o, index(sym));
    }
    return f instanceof LinkedLibrary s ? s.file().symbolSize(index(sym)) : 0;
  }

  @Override
  public long gotSlot(int sym) {
    return slots.got(aux[sym]);
  }

  @Override
  public long tpOffSlot(int sym) {
    return slots.tpOff(aux[sym]);
  }

  @Override
  public long tlsGdSlot(int sym) {
    return slots.tlsGd(aux[sym]);
  }

  @Override
  public long tlsDescSlot(int sym) {
    return slots.tlsDesc(aux[sym]);
  }

  /**
   * Whether only a definition in this output is an answer to its references: some object has it
   * hidden, internal or protected (gABI, "Symbol Visibility").
   */
  public boolean isOwn(int id) {
    return has(id, HIDDEN | PROTECTED);
  }

  /**
   * Visibility as {@code .symtab} and {@code .dynsym} have it: the most constraining of all
   * objects'.
   */
  public int visibility(int id) {
    return has(id, HIDDEN)
        ? Elf.STV_HIDDEN
        : has(id, PROTECTED) ? Elf.STV_PROTECTED : Elf.STV_DEFAULT;
  }
}
