package io.jld.cli.map;

import io.jld.link.MapSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What takes how many bytes of an output: by library, object, section of the output and symbol.
 * Each byte counts once. One that two symbols have counts for that which begins first, of those for
 * the larger one; what no symbol has goes by the name of the input section.
 */
class SizeTree implements MapSink {
  /** In place of a library's name. */
  static final String OBJECTS = "(object files)";

  static final String MADE = "(made by the linker)";
  static final String PADDING = "(padding)";

  /** {@code SHF_WRITE}, {@code SHF_ALLOC}, {@code SHF_EXECINSTR}, {@code SHT_NOBITS}. */
  private static final int WRITE = 1;

  private static final int ALLOC = 2;
  private static final int EXEC = 4;
  private static final int NOBITS = 8;

  /**
   * Where bytes belong.
   *
   * @param object empty where the library says all
   */
  record Place(String library, String object, String section) {}

  /**
   * A section of the output; those of one name count as one.
   *
   * @param kind {@code code}, {@code rodata}, {@code data}, {@code bss}, {@code debug}, {@code
   *     other}
   */
  record Attributes(String kind, boolean inFile, boolean inMemory) {}

  /** Bytes by place and name. */
  private final Map<Place, Map<String, Long>> sizes = new LinkedHashMap<>();

  private final Map<String, Attributes> sections = new LinkedHashMap<>();
  private Output output;

  // The map as it comes

  private List<Input> inputs = new ArrayList<>();
  private Map<Integer, String> sectionNames = new HashMap<>();
  private List<Content> contents = new ArrayList<>();

  /** Of an input section that stands as it is, its index in {@link #contents}. */
  private Map<Integer, Integer> byId = new HashMap<>();

  /** The same of common symbols, by address. */
  private TreeMap<Long, Integer> commons = new TreeMap<>(Long::compareUnsigned);

  /** The symbols, and for each content the last of its own: a list through {@link #nextSymbol}. */
  private List<Symbol> symbols = new ArrayList<>();

  private int[] lastSymbol = {};
  private int[] nextSymbol = new int[1024];

  private long inSections;

  Output output() {
    return output;
  }

  Map<Place, Map<String, Long>> sizes() {
    return sizes;
  }

  /** By name. */
  Map<String, Attributes> sections() {
    return sections;
  }

  @Override
  public void output(Output o) {
    output = o;
  }

  @Override
  public void input(Input i) {
    if (i.number() != inputs.size()) {
      throw new IllegalStateException("input " + i.number());
    }
    inputs.add(i);
  }

  @Override
  public void section(Section s) {
    sectionNames.put(s.number(), s.name());
    boolean alloc = (s.flags() & ALLOC) != 0;
    boolean nobits = s.type() == NOBITS;
    sections.putIfAbsent(s.name(), new Attributes(kind(s, alloc, nobits), !nobits, alloc));
    inSections += nobits ? 0 : s.size();
  }

  private static String kind(Section s, boolean alloc, boolean nobits) {
    if (!alloc) {
      return s.name().startsWith(".debug") || s.name().startsWith(".zdebug") ? "debug" : "other";
    }
    if ((s.flags() & EXEC) != 0) {
      return "code";
    }
    return nobits ? "bss" : (s.flags() & WRITE) != 0 ? "data" : "rodata";
  }

  @Override
  public void content(Content c) {
    if (c.kind() == Kind.SECTION) {
      byId.put(c.id(), contents.size());
    } else if (c.kind() == Kind.COMMON) {
      commons.put(c.address(), contents.size());
    }
    contents.add(c);
  }

  @Override
  public void symbol(Symbol s) {
    Integer content = null;
    if (s.definition() == Definition.SECTION) {
      content = byId.get(s.section());
    } else if (s.definition() == Definition.COMMON) {
      Map.Entry<Long, Integer> below = commons.floorEntry(s.address());
      content = below == null ? null : below.getValue();
    }
    if (content == null) {
      return;
    }
    if (lastSymbol.length < contents.size()) {
      int known = lastSymbol.length;
      lastSymbol = Arrays.copyOf(lastSymbol, contents.size());
      Arrays.fill(lastSymbol, known, lastSymbol.length, -1);
    }
    if (symbols.size() == nextSymbol.length) {
      nextSymbol = Arrays.copyOf(nextSymbol, nextSymbol.length * 2);
    }
    nextSymbol[symbols.size()] = lastSymbol[content];
    lastSymbol[content] = symbols.size();
    symbols.add(s);
  }

  @Override
  public boolean wantsReferences() {
    return false;
  }

  @Override
  public void end() {
    List<Symbol> own = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      own.clear();
      for (int s = i < lastSymbol.length ? lastSymbol[i] : -1; s >= 0; s = nextSymbol[s]) {
        own.add(symbols.get(s));
      }
      share(contents.get(i), own);
    }
    long rest = output.size() - inSections;
    if (rest > 0) {
      String headers = "headers and gaps of the file";
      sections.put(headers, new Attributes("other", true, false));
      add(new Place(MADE, "", headers), headers, rest);
    }
    inputs = null;
    sectionNames = null;
    contents = null;
    byId = null;
    commons = null;
    symbols = null;
  }

  /** Shares the bytes of a content among its symbols. */
  private void share(Content c, List<Symbol> own) {
    Place place = place(c);
    own.sort(
        Comparator.comparingLong(Symbol::address)
            .thenComparing(Comparator.comparingLong(Symbol::size).reversed())
            .thenComparing(Symbol::name));
    long at = 0; // offset in the content
    for (int i = 0; i < own.size(); i++) {
      Symbol s = own.get(i);
      long start = s.address() - c.address();
      long limit = c.size();
      if (s.size() != 0) {
        limit = s.size() > c.size() - start ? c.size() : start + s.size();
      } else if (i + 1 < own.size()) {
        limit = own.get(i + 1).address() - c.address();
      }
      if (start < 0 || start > c.size() || limit <= at) {
        continue;
      }
      add(place, c.name(), Math.max(0, start - at));
      at = Math.max(at, start);
      add(place, s.name(), limit - at);
      at = limit;
    }
    String rest = c.kind() == Kind.FILL ? PADDING : c.name().isEmpty() ? place.section() : c.name();
    add(place, rest, c.size() - at);
  }

  private Place place(Content c) {
    String section = sectionNames.get(c.section());
    if (section == null || c.input() >= inputs.size()) {
      throw new IllegalStateException("content of section " + c.section());
    }
    if (c.input() < 0) {
      return new Place(c.kind() == Kind.FILL ? PADDING : MADE, "", section);
    }
    Input i = inputs.get(c.input());
    return i.member() == null
        ? new Place(OBJECTS, i.file(), section)
        : new Place(i.file(), i.member(), section);
  }

  private void add(Place place, String name, long size) {
    if (size > 0) {
      sizes.computeIfAbsent(place, p -> new HashMap<>()).merge(name, size, Long::sum);
    }
  }
}
