package io.jld.model;

import io.jld.asmb.Section;
import io.jld.elf.Elf;
import io.jld.plan.MemoryRegion;
import io.jld.plan.Place;
import io.jld.plan.SectionRef;
import io.jld.symbol.SectionTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A section of the output: input sections and synthetic content in order. An item is the number of
 * an input section, or the complement of an index into {@link #synthetics}.
 */
public final class OutputSection implements Section, SectionRef {
  private final String name;
  private final int number;
  private int type;
  private long flags;
  private long align = 1;
  private long entsize = -1;
  private int[] items = new int[8];
  private int count;
  private final List<Synthetic> synthetics = new ArrayList<>();

  /** Address; for a section that is not loaded, its file offset. */
  public long addr;

  /** {@code sh_addr} of a section that is not loaded, where a script gives one. */
  public long unloadedAddr;

  /**
   * Where its content is loaded ({@code p_paddr}): {@link #addr} where no script says another
   * address.
   */
  public long loadAddr;

  /** The region of {@code MEMORY} that its address is in; null for none. */
  public MemoryRegion region;

  /** Offset in the file. */
  public long offset;

  /**
   * What is added to addresses in this section while contents are written. It is 0 unless sections
   * share addresses, as overlays do; then they are told apart by their places in the file.
   */
  public long shift;

  /** Size in memory in bytes. */
  public long size;

  /** Index in the output's section header table. */
  public int index;

  /** Offset of the name in {@code .shstrtab}. */
  public int nameOffset;

  /** The section that its {@code sh_link} names by {@code SHF_LINK_ORDER}; null for none. */
  public OutputSection linked;

  /**
   * The program headers that a script puts it into ({@code :text :note}), {@code NONE} for none;
   * null where it says nothing, which means those of the section before. What the script says of a
   * section that is dropped because it is empty goes for the one after it.
   */
  public List<String> headerNames;

  /** {@code (NOLOAD)}: has addresses, but nothing puts content there. */
  public boolean isNotLoaded;

  /** Whether it is read only once it is relocated ({@code PT_GNU_RELRO}), as the plan says. */
  public boolean isRelro;

  /** Where a script has it; null where none has. */
  public Place place;

  /**
   * @param number of the section in the order in which output sections were made: what {@code
   *     SectionTable.out} holds
   */
  public OutputSection(String name, int number) {
    this.name = name;
    this.number = number;
  }

  /** Adds an input section, or the complement of a synthetic's index. */
  private void addItem(int item) {
    if (count == items.length) {
      items = Arrays.copyOf(items, count * 2);
    }
    items[count++] = item;
  }

  /**
   * Adds an input section and takes over what it asks for.
   *
   * @param entrySize {@code sh_entsize}; the output section has it where all its parts have the
   *     same
   */
  public void add(int section, int itemType, long itemFlags, long itemAlign, long entrySize) {
    addItem(section);
    join(itemType, itemFlags, itemAlign, entrySize);
  }

  /** Adds an input section that is as the last one but for its alignment. */
  public void addAlike(int section, long itemAlign) {
    addItem(section);
    align = Math.max(align, itemAlign);
  }

  public void add(Synthetic s) {
    addItem(~synthetics.size());
    synthetics.add(s);
    s.setOut(this);
    join(s.type(), s.flags(), s.align(), s.entsize());
  }

  /** Adds content that the order of items does not have yet; gives its item. */
  public int addPart(Synthetic s) {
    synthetics.add(s);
    s.setOut(this);
    return ~(synthetics.size() - 1);
  }

  /** Puts the compressed content into the place of all that is in the section. */
  public void replace(Synthetic c) {
    items = new int[] {~0};
    count = 1;
    synthetics.clear();
    synthetics.add(c);
    c.setOut(this);
    flags |= Elf.SHF_COMPRESSED;
    align = c.align();
    size = c.size();
    c.setAddr(addr);
  }

  private void join(int itemType, long itemFlags, long itemAlign, long entrySize) {
    if (count == 1) {
      type = itemType;
    } else if (type == Elf.SHT_NOBITS || (type == Elf.SHT_PROGBITS && itemType != Elf.SHT_NOBITS)) {
      type = itemType; // content makes the section one with content, and a type of its own is kept
    }
    long mergeable = Elf.SHF_MERGE | Elf.SHF_STRINGS;
    long merge = count == 1 ? itemFlags & mergeable : flags & itemFlags & mergeable;
    long keep =
        Elf.SHF_WRITE
            | Elf.SHF_ALLOC
            | Elf.SHF_EXECINSTR
            | Elf.SHF_TLS
            | Elf.SHF_GNU_RETAIN
            | Elf.SHF_X86_64_LARGE
            | Elf.SHF_LINK_ORDER;
    flags = ((flags | itemFlags) & keep) | merge;
    align = Math.max(align, itemAlign);
    entsize = count == 1 || entsize == entrySize ? entrySize : 0;
    if (entsize == 0) {
      flags &= ~mergeable;
    }
  }

  public void raiseAlign(long a) {
    align = Math.max(align, a);
  }

  /** Adds to the addresses of all that is in the section; its own address stays. */
  public void moveItems(SectionTable sections, long by) {
    moveItems(sections, items, count, by);
  }

  /** The same of some of the items. */
  public void moveItems(SectionTable sections, int[] some, long by) {
    moveItems(sections, some, some.length, by);
  }

  private void moveItems(SectionTable sections, int[] some, int n, long by) {
    for (int i = 0; i < n; i++) {
      int item = some[i];
      if (item < 0) {
        Synthetic y = synthetic(item);
        y.setAddr(y.addr() + by);
      } else {
        sections.addr[item] += by;
      }
    }
  }

  public int number() {
    return number;
  }

  public int itemCount() {
    return count;
  }

  /** Item {@code i} in the order of the section. */
  public int item(int i) {
    return items[i];
  }

  /** The items themselves, for sorting; the first {@link #itemCount} count. */
  public int[] items() {
    return items;
  }

  public void setItems(int[] sorted) {
    items = sorted;
    count = sorted.length;
  }

  public Synthetic synthetic(int item) {
    return synthetics.get(~item);
  }

  public List<Synthetic> synthetics() {
    return synthetics;
  }

  public int type() {
    return type;
  }

  public void setType(int t) {
    type = t;
  }

  public long flags() {
    return flags;
  }

  public void setFlags(long f) {
    flags = f;
  }

  public long align() {
    return align;
  }

  public void setEntsize(long e) {
    entsize = e;
  }

  public long entsize() {
    return Math.max(0, entsize);
  }

  public boolean isAlloc() {
    return (flags & Elf.SHF_ALLOC) != 0;
  }

  public boolean isWritable() {
    return (flags & Elf.SHF_WRITE) != 0;
  }

  public boolean isTls() {
    return (flags & Elf.SHF_TLS) != 0;
  }

  /** Thread-local data without content, which takes no room among the addresses of others. */
  public boolean isTbss() {
    return isTls() && isNobits();
  }

  public boolean isNobits() {
    return type == Elf.SHT_NOBITS;
  }

  @Override
  public String name() {
    return name;
  }

  /** {@code sh_addr}: what relocations and symbols count from. */
  public long headerAddr() {
    return isAlloc() ? addr : unloadedAddr;
  }

  /** The address that a place has for a reader, given where it stands while the link goes on. */
  public long seen(long place) {
    return place - addr + headerAddr();
  }

  @Override
  public long address() {
    return addr;
  }

  @Override
  public long vaddr() {
    return addr + shift;
  }

  @Override
  public long length() {
    return isNobits() ? 0 : size;
  }

  @Override
  public long fileOffset() {
    return offset;
  }

  @Override
  public boolean isCode() {
    return (flags & Elf.SHF_EXECINSTR) != 0;
  }

  @Override
  public boolean isRunThrough() {
    return name.equals(".init") || name.equals(".fini");
  }
}
