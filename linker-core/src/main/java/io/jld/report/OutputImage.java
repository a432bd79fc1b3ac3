package io.jld.report;

import static io.jld.elf.Elf.SHF_TLS;
import static io.jld.elf.Elf.SHN_ABS;
import static io.jld.elf.Elf.SHN_COMMON;
import static io.jld.elf.Elf.SHN_XINDEX;
import static io.jld.elf.Elf.SHT_DYNSYM;
import static io.jld.elf.Elf.SHT_NOBITS;
import static io.jld.elf.Elf.SHT_SYMTAB;
import static io.jld.elf.Elf.SHT_SYMTAB_SHNDX;
import static io.jld.elf.Elf.STT_FILE;
import static io.jld.elf.Elf.STT_SECTION;
import static io.jld.elf.Elf.STT_TLS;

import io.jld.asmb.OutBuf;
import io.jld.elf.ElfClass;
import io.jld.input.Names;
import io.jld.link.Image;
import io.jld.link.MapSink;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.write.Tables;
import java.lang.foreign.MemorySegment;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * {@link Image}: sections and parts are those of the link map, symbols those of the output's
 * tables, of which a file's are copied before it is closed.
 */
public final class OutputImage implements Image {
  private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

  private final ImageRows rows;
  private final ElfClass elf;
  private final boolean relocatable;

  /** Address of the thread-local storage, which its symbols count from. */
  private final long tls;

  /** The section headers as they were written; empty where the output has none. */
  private final MemorySegment headers;

  private final Table symbols;
  private final Table dynamic;

  /** A table of symbols as it stands in the output; parts that there are not are empty. */
  private record Table(MemorySegment rows, MemorySegment names, MemorySegment indices, int count) {}

  private OutputImage(Context ctxt, ImageRows rows, OutBuf out) {
    this.rows = rows;
    elf = ctxt.elf;
    relocatable = ctxt.kind() == OutputKind.RELOCATABLE;
    long first = 0;
    for (MapSink.Section s : rows.sections) {
      if ((s.flags() & SHF_TLS) != 0 && !relocatable) {
        first = s.address();
        break;
      }
    }
    tls = first;
    headers =
        Tables.of(ctxt).hasHeaders()
            ? out.bytes(elf.shoff(out.bytes(0, elf.ehdrSize)), headersSize())
            : NOTHING;
    symbols = table(out, SHT_SYMTAB, ".strtab");
    dynamic = table(out, SHT_DYNSYM, ".dynstr");
  }

  /**
   * @param out what was linked; still open
   */
  public static Image of(Context ctxt, OutBuf out) {
    return new OutputImage(ctxt, ctxt.get(ImageRows.class), out);
  }

  private long headersSize() {
    return (rows.sections.size() + 1L) * elf.shdrSize;
  }

  private Table table(OutBuf out, int type, String names) {
    MapSink.Section table = find(s -> s.type() == type);
    if (table == null) {
      return new Table(NOTHING, NOTHING, NOTHING, 0);
    }
    MapSink.Section more = find(s -> type == SHT_SYMTAB && s.type() == SHT_SYMTAB_SHNDX);
    return new Table(
        bytes(out, table),
        bytes(out, find(s -> s.name().equals(names))),
        bytes(out, more),
        (int) (table.size() / elf.symSize));
  }

  private MapSink.Section find(Predicate<MapSink.Section> wanted) {
    for (MapSink.Section s : rows.sections) {
      if (wanted.test(s)) {
        return s;
      }
    }
    return null;
  }

  private static MemorySegment bytes(OutBuf out, MapSink.Section section) {
    return section == null ? NOTHING : out.bytes(section.offset(), section.size());
  }

  /** A list whose elements are made when they are asked for. */
  private static final class Made<T> extends AbstractList<T> implements RandomAccess {
    private final int size;
    private final IntFunction<T> make;

    Made(int size, IntFunction<T> make) {
      this.size = size;
      this.make = make;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public T get(int i) {
      return make.apply(Objects.checkIndex(i, size));
    }
  }

  @Override
  public List<Section> sections() {
    return new Made<>(rows.sections.size(), i -> section(rows.sections.get(i)));
  }

  private Section section(MapSink.Section s) {
    long flags =
        headers.byteSize() == 0
            ? s.flags()
            : elf.shFlags(headers, (long) s.number() * elf.shdrSize);
    return new Section(
        s.number(), s.name(), s.type(), flags, s.address(), s.offset(), s.size(), s.align());
  }

  @Override
  public List<Part> parts(Section section) {
    List<MapSink.Content> parts = rows.contents(section.number());
    return new Made<>(parts.size(), i -> part(parts.get(i)));
  }

  private Part part(MapSink.Content c) {
    return new Part(c.kind(), c.address(), c.size(), rows.origin(c));
  }

  @Override
  public List<Symbol> symbols() {
    return symbols(symbols);
  }

  @Override
  public List<Symbol> dynamicSymbols() {
    return symbols(dynamic);
  }

  private List<Symbol> symbols(Table table) {
    return new Made<>(Math.max(0, table.count - 1), i -> symbol(table, i + 1));
  }

  private Symbol symbol(Table t, int i) {
    long row = (long) i * elf.symSize;
    int info = elf.stInfo(t.rows, row);
    int type = info & 15;
    long value = elf.stValue(t.rows, row);
    int section = elf.stShndx(t.rows, row);
    boolean plain = section != SHN_ABS && section != SHN_COMMON;
    if (section == SHN_XINDEX) {
      section = ElfClass.s32(t.indices, 4L * i);
    }
    MapSink.Section in = plain && section != 0 ? rows.sections.get(section - 1) : null;
    long address = type == STT_TLS ? tls + value : value;
    String name = Names.string(t.names, ElfClass.stName(t.rows, row));
    return new Symbol(
        name,
        value,
        elf.stSize(t.rows, row),
        type,
        info >>> 4,
        elf.stOther(t.rows, row) & 3,
        section,
        in == null || in.type() == SHT_NOBITS
            ? -1
            : in.offset() + address - (relocatable ? 0 : in.address()),
        type == STT_SECTION || type == STT_FILE ? null : rows.origin(name, address, section));
  }
}
