package io.jld.differential;

import com.google.common.collect.Multiset;
import com.google.common.collect.TreeMultiset;
import io.jld.differential.ResolutionCells.Cell;
import io.jld.e2e.ElfImage;
import io.jld.e2e.ElfImage.Reloc;
import io.jld.e2e.ElfImage.Section;
import io.jld.e2e.ElfImage.Symbol;
import io.jld.e2e.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can be seen of each cell in an output that has many of them: which files were linked, whose
 * definition the name has (each has a size of its own), which libraries are needed, what is
 * exported, what is left to the loader, and what the references are bound to.
 */
final class ResolutionFacts {
  private static final Pattern NAME = Pattern.compile("([a-z])_(\\d{5})([a-c]?)(\\.so)?");
  private static final int ET_REL = 1;
  private static final int SHT_DYNAMIC = 6;
  private static final int SHT_NOBITS = 8;
  private static final int STV_HIDDEN = 2;
  private static final int SHN_ABS = 0xfff1;
  private static final int SHN_COMMON = 0xfff2;

  private static final List<String> TYPES =
      List.of("NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS", "", "", "", "IFUNC");
  private static final List<String> BINDINGS = List.of("LOCAL", "GLOBAL", "WEAK");
  private static final List<String> VISIBILITIES =
      List.of("DEFAULT", "INTERNAL", "HIDDEN", "PROTECTED");

  private final ElfImage elf;
  private final Target target;
  private final Map<Integer, Multiset<String>> facts = new HashMap<>();
  private final Map<Integer, Cell> cells = new HashMap<>();
  private final Map<Integer, Symbol> own = new HashMap<>();

  private ResolutionFacts(ElfImage elf, Target target) {
    this.elf = elf;
    this.target = target;
  }

  /** The facts by the cells' numbers. */
  static Map<Integer, Multiset<String>> of(ElfImage elf, Target target, List<Cell> cells) {
    ResolutionFacts f = new ResolutionFacts(elf, target);
    for (Cell c : cells) {
      f.facts.put(c.number(), TreeMultiset.create());
      f.cells.put(c.number(), c);
    }
    f.read();
    return f.facts;
  }

  private void read() {
    List<Symbol> symtab = elf.symbols();
    symtab.forEach(s -> symbol("symtab", s));
    elf.symbols(".dynsym").forEach(s -> symbol("dynsym", s));
    needed();
    if (elf.type == ET_REL) {
      return;
    }
    Map<Long, Reloc> byOffset = relocs();
    for (Symbol s : symtab) {
      Matcher m = NAME.matcher(s.name());
      if (m.matches() && m.group(1).equals("p") && isPointer(s)) {
        pointer(Integer.parseInt(m.group(2)), m.group(3), s, byOffset.get(s.value()));
      }
    }
  }

  private void add(int cell, String fact) {
    Multiset<String> of = facts.get(cell);
    if (of != null) { // else one whose file was read for a message and not linked
      of.add(fact);
    }
  }

  private void symbol(String table, Symbol s) {
    Matcher m = NAME.matcher(s.name());
    if (!m.matches()) {
      return;
    }
    int cell = Integer.parseInt(m.group(2));
    if (m.group(1).equals("m")) {
      extracted(cell, m.group(3));
    } else if (m.group(1).equals("x")) {
      // what is hidden has become local, and may say so in one way or the other
      boolean unseen = elf.type != ET_REL && (s.bind() == 0 || s.visibility() == STV_HIDDEN);
      String what =
          unseen ? "HIDDEN" : BINDINGS.get(s.bind()) + " " + VISIBILITIES.get(s.visibility());
      if (s.shndx() == 0) {
        if (table.equals("dynsym") || elf.type == ET_REL) {
          add(cell, table + " undefined " + what + type(table, s));
        }
      } else {
        add(cell, table + " " + who(s) + " " + what + " " + TYPES.get(s.type()));
        own.put(cell, s);
      }
    }
  }

  private void extracted(int cell, String slot) {
    Cell c = cells.get(cell);
    if (c != null && c.items().get(slot.charAt(0) - 'a').container().isLazy()) {
      add(cell, "extracted " + slot);
    }
  }

  /** Only the loader looks at the type of what is undefined, if anyone does. */
  private static String type(String table, Symbol s) {
    return table.equals("dynsym") ? " " + TYPES.get(s.type()) : "";
  }

  /** Whose definition it is, and of what sort: in the file, zeros (or a copy), absolute, common. */
  private String who(Symbol s) {
    boolean known = s.size() % 16 == 8 && s.size() <= ResolutionCells.size('c');
    String by = known ? "" + (char) ('a' + s.size() / 16) : "?";
    return by
        + " "
        + switch (s.shndx()) {
          case SHN_ABS -> "absolute";
          case SHN_COMMON -> "common";
          default -> {
            Section in = elf.sections.get(s.shndx());
            yield (in.flags() & 4) != 0 ? "code" : in.type() == SHT_NOBITS ? "zeros" : "data";
          }
        };
  }

  private void needed() {
    for (Section s : elf.sections) {
      if (s.type() == SHT_DYNAMIC) {
        long[] words = elf.words(s.name());
        for (int i = 0; i + 1 < words.length; i += 2) {
          if (words[i] == 1) {
            Matcher m = NAME.matcher(elf.string(elf.sections.get(s.link()), words[i + 1]));
            if (m.matches()) {
              String through = m.group(1).equals("o") ? "outer " : "";
              add(Integer.parseInt(m.group(2)), "needed " + through + m.group(3));
            }
          }
        }
      }
    }
  }

  private Map<Long, Reloc> relocs() {
    Map<Long, Reloc> byOffset = new HashMap<>();
    List<Symbol> dynsym = elf.symbols(".dynsym");
    for (Section s : elf.sections) {
      if ((s.type() == 4 || s.type() == 9) && (s.flags() & 2) != 0) {
        for (Reloc r : elf.relocs(s.name())) {
          byOffset.put(r.offset(), r);
          Matcher m = NAME.matcher(r.symbol() == 0 ? "" : dynsym.get(r.symbol()).name());
          if (m.matches()) {
            add(Integer.parseInt(m.group(2)), "reloc " + name(r.type()));
          }
        }
      }
    }
    return byOffset;
  }

  private String name(int type) {
    boolean amd64 = target == Target.AMD64;
    return switch (type) {
      case 1 -> "word";
      case 5 -> "COPY";
      case 6 -> "GLOB_DAT";
      case 7 -> "JUMP_SLOT";
      case 8 -> "RELATIVE";
      case 2 -> "pc-relative";
      default ->
          type == (amd64 ? 18 : 14)
              ? "TPOFF"
              : type == (amd64 ? 37 : 42) ? "IRELATIVE" : "type " + type;
    };
  }

  /** Whether it is that of a word, and not of an instruction. */
  private boolean isPointer(Symbol s) {
    Section in = elf.sections.get(s.shndx());
    return (in.flags() & 4) == 0;
  }

  private void pointer(int cell, String slot, Symbol p, Reloc r) {
    String how = r == null ? "" : " " + name(r.type());
    if (r != null && r.symbol() != 0) {
      add(cell, "pointer " + slot + how);
      return;
    }
    long value =
        r != null && elf.sections.stream().anyMatch(s -> s.name().equals(".rela.dyn"))
            ? r.addend()
            : elf.wordAt(p.value());
    Symbol x = own.get(cell);
    add(
        cell,
        "pointer "
            + slot
            + how
            + (value == 0 ? " to 0" : x != null && value == x.value() ? " to it" : " elsewhere"));
  }
}
