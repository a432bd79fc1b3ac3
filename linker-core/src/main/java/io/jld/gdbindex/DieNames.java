package io.jld.gdbindex;

import io.jld.dwarf.Attribute;
import io.jld.dwarf.DebugSection;
import io.jld.dwarf.Die;
import io.jld.dwarf.DwarfFile;
import io.jld.dwarf.DwarfReader;
import io.jld.dwarf.Form;
import io.jld.dwarf.Place;
import io.jld.dwarf.Ranges;
import io.jld.dwarf.Tag;
import io.jld.dwarf.Unit;
import io.jld.link.LinkException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The names that a unit's entries define, for objects whose compiler has not listed them: those
 * that a debugger looks for in an index, which are what stands outside of functions, with the
 * namespaces and classes around it. Kinds are those that GCC gives in {@code .debug_gnu_pubnames}.
 *
 * <p>One serves the units of an object, one after the other.
 */
final class DieNames {
  private static final byte[] ANONYMOUS =
      "(anonymous namespace)".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] COLONS = {':', ':'};
  private static final byte[] DOT = {'.'};

  /** The scope of what is in none. */
  private static final int GLOBAL = -1;

  /** The scope of what has no name that is looked for: in functions, among parameters. */
  private static final int HIDDEN = -2;

  /** How far an entry is followed that refers to one which refers to another. */
  private static final int MOST_STEPS = 4;

  private final DwarfFile file;
  private final NameBatch batch;
  private final Ranges ranges;
  private final Foreign foreign;

  /** Is told of entries that refer to one outside of their unit. */
  @FunctionalInterface
  interface Foreign {
    /**
     * @param reference what to say of the name
     * @param section with the entry that is referred to; 0 where a symbol says where that is
     * @param offset in the section, or from the symbol on
     * @param symbol its index in the object
     */
    void refer(int reference, int section, long offset, int symbol);
  }

  private Unit unit;
  private int number;
  private Language language;
  private boolean wantsRanges;

  private final Die die = new Die();
  private final Place name = new Place();

  // Scopes: where their full names stand in the batch's text.

  private int scopes;
  private int[] scopeAt = new int[64];
  private int[] scopeLength = new int[64];

  /** For each level the scope of the entries there. */
  private int[] levels = new int[64];

  /** What others may refer to, in the order in which it stands in the unit. */
  private final Definitions known = new Definitions();

  /** What refers to an entry that had not been seen yet. */
  private final Definitions pending = new Definitions();

  /**
   * Entries in columns: where one stands, or which it refers to; its scope and its own name, which
   * may be missing; its {@link Kind}.
   */
  private static final class Definitions {
    int count;
    int[] offset = new int[64];
    int[] scope = new int[64];
    int[] section = new int[64];
    long[] name = new long[64];
    int[] kind = new int[64];

    void add(int at, int inScope, int nameSection, long nameOffset, int ofKind) {
      if (count == offset.length) {
        offset = Arrays.copyOf(offset, 2 * count);
        scope = Arrays.copyOf(scope, 2 * count);
        section = Arrays.copyOf(section, 2 * count);
        name = Arrays.copyOf(name, 2 * count);
        kind = Arrays.copyOf(kind, 2 * count);
      }
      offset[count] = at;
      scope[count] = inScope;
      section[count] = nameSection;
      name[count] = nameOffset;
      kind[count++] = ofKind;
    }

    int find(int at) {
      return Arrays.binarySearch(offset, 0, count, at);
    }
  }

  /**
   * @param ranges is told of the code of functions, of those units that don't say which they have
   * @param foreign is told of what has its name in another unit
   */
  DieNames(DwarfFile file, NameBatch batch, Ranges ranges, Foreign foreign) {
    this.file = file;
    this.batch = batch;
    this.ranges = ranges;
    this.foreign = foreign;
  }

  /**
   * Reads a unit's entries.
   *
   * @param numbered the unit's number in the object
   * @param needsRanges whether to look for the code of its functions, too
   * @throws LinkException where it is damaged
   */
  void read(Unit of, int numbered, boolean needsRanges) {
    unit = of;
    number = numbered;
    wantsRanges = needsRanges;
    language = Language.of(of.root());
    scopes = 0;
    known.count = 0;
    pending.count = 0;
    DwarfReader in = unit.entries();
    die.read(in, unit);
    int depth = 0;
    if (die.hasChildren()) {
      levels[depth++] = GLOBAL;
    }
    while (depth > 0 && in.hasMore()) {
      if (!die.read(in, unit)) {
        depth--;
        continue;
      }
      int scope = levels[depth - 1];
      int inner = scope == HIDDEN ? HIDDEN : visit(scope);
      if (die.hasChildren() && !(inner == HIDDEN && skip(in))) {
        if (depth == levels.length) {
          levels = Arrays.copyOf(levels, 2 * depth);
        }
        levels[depth++] = inner;
      }
    }
    for (int i = 0; i < pending.count; i++) {
      resolve(i);
    }
  }

  /** Goes to the next entry on this level, where the entry says where that is. */
  private boolean skip(DwarfReader in) {
    int to = die.has(Attribute.SIBLING) ? unit.reference(die, Attribute.SIBLING) : -1;
    if (to < in.at()) {
      return false;
    }
    in.seek(to);
    return true;
  }

  /** Looks at an entry; returns the scope of what is in it. */
  private int visit(int scope) {
    return switch (die.tag()) {
      case Tag.NAMESPACE -> space(scope, Kind.TYPE);
      case Tag.MODULE -> space(scope, Kind.OTHER);
      case Tag.CLASS_TYPE, Tag.STRUCTURE_TYPE, Tag.UNION_TYPE, Tag.INTERFACE_TYPE -> type(scope);
      case Tag.ENUMERATION_TYPE -> {
        int inner = type(scope);
        yield die.is(Attribute.ENUM_CLASS) ? inner : scope;
      }
      case Tag.ENUMERATOR -> plain(scope, Kind.VARIABLE | language.typeFlags());
      case Tag.TYPEDEF, Tag.BASE_TYPE, Tag.SUBRANGE_TYPE, Tag.UNSPECIFIED_TYPE, Tag.SET_TYPE ->
          plain(scope, Kind.TYPE | Kind.STATIC);
      case Tag.IMPORTED_DECLARATION -> plain(scope, Kind.TYPE);
      case Tag.SUBPROGRAM -> {
        if (wantsRanges) {
          ranges.read(unit, die);
        }
        yield object(scope, Kind.FUNCTION);
      }
      case Tag.VARIABLE, Tag.CONSTANT -> object(scope, Kind.VARIABLE);
      case Tag.MEMBER -> die.is(Attribute.DECLARATION) ? object(scope, Kind.VARIABLE) : HIDDEN;
      default -> HIDDEN;
    };
  }

  private int plain(int scope, int kind) {
    if (hasName()) {
      emit(scope, name.section(), name.offset(), kind);
    }
    return HIDDEN;
  }

  /** Finds the entry's own name. */
  private boolean hasName() {
    return die.has(Attribute.NAME) && unit.string(die, Attribute.NAME, name);
  }

  private int space(int scope, int kind) {
    if (!hasName()) {
      if (isForeign(kind)) {
        return scope; // and so is what is in it
      }
      name.set(0, 0);
    }
    known.add(die.offset(), scope, name.section(), name.offset(), kind);
    int inner = open(scope, name.section(), name.offset());
    batch.add(scopeAt[inner], scopeLength[inner], number << 8 | kind);
    return inner;
  }

  /** A type with members. One without a name is no scope of its own. */
  private int type(int scope) {
    int around = scope;
    boolean named = hasName();
    int origin = reference();
    if (origin >= 0) {
      int k = known.find(origin);
      around = k < 0 ? scope : known.scope[k];
      if (!named && k >= 0 && known.section[k] > 0) {
        name.set(known.section[k], known.name[k]);
        named = true;
      }
    }
    int kind = Kind.TYPE | language.typeFlags();
    if (!named) {
      if (!die.is(Attribute.DECLARATION)) {
        isForeign(kind);
      }
      return scope;
    }
    known.add(die.offset(), around, name.section(), name.offset(), kind);
    int inner = open(around, name.section(), name.offset());
    if (!die.is(Attribute.DECLARATION)) {
      batch.add(scopeAt[inner], scopeLength[inner], number << 8 | kind);
    }
    return inner;
  }

  /** The entry that this one completes, or is an instance of; negative where there is none here. */
  private int reference() {
    return die.has(Attribute.SPECIFICATION)
        ? unit.reference(die, Attribute.SPECIFICATION)
        : die.has(Attribute.ABSTRACT_ORIGIN) ? unit.reference(die, Attribute.ABSTRACT_ORIGIN) : -1;
  }

  /** Whether the entry completes, or is an instance of, one in another unit, which is told then. */
  private boolean isForeign(int kind) {
    Attribute a =
        die.has(Attribute.SPECIFICATION) ? Attribute.SPECIFICATION : Attribute.ABSTRACT_ORIGIN;
    if (!die.has(a) || die.form(a) != Form.REF_ADDR) {
      return false;
    }
    DebugSection in = unit.section();
    int r = in.relocation(die.place(a));
    int reference = number << 8 | kind;
    if (r < 0) {
      foreign.refer(reference, in.index(), die.value(a), 0);
    } else if (in.target(r) > 0) {
      foreign.refer(reference, in.target(r), in.targetOffset(r), 0);
    } else {
      foreign.refer(reference, 0, in.addend(r), in.symbol(r));
    }
    return true;
  }

  /** A function or variable: its scope and name, or those of the entry that it refers to. */
  private int object(int scope, int kind) {
    boolean named = hasName();
    boolean emitted = !die.is(Attribute.DECLARATION);
    int full = kind | (die.is(Attribute.EXTERNAL) ? 0 : Kind.STATIC);
    int around = scope;
    int origin = reference();
    if (origin >= 0) {
      int k = known.find(origin);
      if (k < 0) {
        if (emitted) {
          pending.add(origin, scope, named ? name.section() : 0, name.offset(), full);
        }
        return HIDDEN;
      }
      around = known.scope[k];
      full &= known.kind[k] | ~Kind.STATIC;
      if (!named) {
        name.set(known.section[k], known.name[k]);
        named = true;
      }
    } else if (!named) {
      if (emitted) {
        isForeign(full);
      }
      return HIDDEN;
    }
    if (named) {
      known.add(die.offset(), around, name.section(), name.offset(), full);
      if (emitted) {
        emit(around, name.section(), name.offset(), full);
      }
    }
    return HIDDEN;
  }

  /**
   * Adds the name of one of the unit's entries that has been read, for an entry elsewhere.
   *
   * @param at where it stands
   * @param reference what to say of the name
   * @return whether it has one that is looked for
   */
  boolean add(int at, int reference) {
    int k = known.find(at);
    if (k < 0) {
      return false;
    }
    int text = batch.begin();
    write(known.scope[k], known.section[k], known.name[k]);
    int n = batch.lengthSince(text);
    if (n == 0) {
      return false;
    }
    batch.add(text, n, reference & (known.kind[k] | ~Kind.STATIC));
    return true;
  }

  /** What refers to an entry behind it, or to one in a function, which has no scope here. */
  private void resolve(int i) {
    int at = pending.offset[i];
    int section = pending.section[i];
    long offset = pending.name[i];
    int kind = pending.kind[i];
    int scope = GLOBAL;
    for (int step = 0; step < MOST_STEPS && at >= 0; step++) {
      int k = known.find(at);
      if (k >= 0) {
        scope = known.scope[k];
        kind &= known.kind[k] | ~Kind.STATIC;
        if (section == 0) {
          section = known.section[k];
          offset = known.name[k];
        }
        break;
      }
      if (!die.read(unit.entries(at), unit)) {
        break;
      }
      kind &= die.is(Attribute.EXTERNAL) ? ~Kind.STATIC : -1;
      if (section == 0 && hasName()) {
        section = name.section();
        offset = name.offset();
      }
      at = reference();
    }
    if (section > 0) {
      emit(scope, section, offset, kind);
    }
  }

  private void emit(int scope, int section, long offset, int kind) {
    int at = batch.begin();
    write(scope, section, offset);
    int n = batch.lengthSince(at);
    if (n > 0) {
      batch.add(at, n, number << 8 | kind);
    }
  }

  private int open(int scope, int section, long offset) {
    if (scopes == scopeAt.length) {
      scopeAt = Arrays.copyOf(scopeAt, 2 * scopes);
      scopeLength = Arrays.copyOf(scopeLength, 2 * scopes);
    }
    scopeAt[scopes] = batch.begin();
    write(scope, section, offset);
    scopeLength[scopes] = batch.lengthSince(scopeAt[scopes]);
    return scopes++;
  }

  /**
   * Appends a full name.
   *
   * @param section with the name at {@code offset}; 0 where a namespace has none
   */
  private void write(int scope, int section, long offset) {
    if (scope >= 0 && language.separator() != null && scopeLength[scope] > 0) {
      file.spend(scopeLength[scope]);
      batch.repeat(scopeAt[scope], scopeLength[scope]);
      batch.append(language.separator(), 0, language.separator().length);
    }
    if (section == 0) {
      batch.append(ANONYMOUS, 0, ANONYMOUS.length);
      return;
    }
    DwarfReader in = file.section(section).reader(offset);
    int from = in.at();
    int n = in.string();
    file.spend(n);
    batch.append(file.section(section).bytes(), from, n);
  }

  /**
   * What a unit's language says of its names (DWARF 5, table 7.17): how scopes are written, if they
   * are part of a name, as GDB writes them; and whether a type has its name in one unit alone.
   */
  private record Language(byte[] separator, int typeFlags) {
    static Language of(Die root) {
      boolean number = root.has(Attribute.LANGUAGE) && root.form(Attribute.LANGUAGE) != Form.BLOCK;
      long code = number ? root.value(Attribute.LANGUAGE) : 0;
      return switch ((int) Math.min(code & Long.MAX_VALUE, 0x10000)) {
        case 0x04, 0x11, 0x19, 0x1a, 0x21, 0x2a, 0x2b, 0x3a -> new Language(COLONS, 0); // C++
        case 0x07, 0x08, 0x0e, 0x22, 0x23, 0x2d, 0x1c -> // Fortran, Rust
            new Language(COLONS, Kind.STATIC);
        case 0x13, 0x16 -> new Language(DOT, Kind.STATIC); // D, Go
        default -> new Language(null, Kind.STATIC);
      };
    }
  }
}
