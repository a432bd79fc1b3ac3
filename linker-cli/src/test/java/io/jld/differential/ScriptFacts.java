package io.jld.differential;

import io.jld.e2e.ElfImage;
import io.jld.e2e.ElfImage.Reloc;
import io.jld.e2e.ElfImage.Section;
import io.jld.e2e.ElfImage.Segment;
import io.jld.e2e.ElfImage.Symbol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is compared of an output that a linker script has made, as lines of text. */
final class ScriptFacts {
  private static final int ET_REL = 1;
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_STRTAB = 3;
  private static final int SHT_RELA = 4;
  private static final int SHT_NOBITS = 8;
  private static final int SHT_REL = 9;
  private static final int SHT_GROUP = 17;
  private static final int SHF_ALLOC = 2;
  private static final int SHF_EXECINSTR = 4;
  private static final int STT_SECTION = 3;
  private static final int STT_FILE = 4;
  private static final int STV_HIDDEN = 2;
  private static final int SHN_ABS = 0xfff1;
  private static final int SHN_COMMON = 0xfff2;

  /** So many bytes of a section are shown; of a longer one there is a hash too. */
  private static final int SHOWN = 64;

  /** Tables of the dynamic linker: their contents depend on the order of symbols. */
  private static final Pattern TABLE =
      Pattern.compile("\\.(gnu\\.)?hash|\\.dyn(sym|str|amic)|\\.gnu\\.version.*|\\.rela?\\..*");

  private final ElfImage elf;
  private final Set<String> facts = new TreeSet<>();

  private ScriptFacts(ElfImage elf) {
    this.elf = elf;
  }

  static Set<String> of(ScriptCase c, Path output, String out, String err) {
    Set<String> facts;
    if (c.is("binary")) {
      facts = binary(output);
    } else {
      ScriptFacts f = new ScriptFacts(ElfImage.read(output));
      f.read();
      facts = f.facts;
    }
    if (c.is("stdout")) {
      out.lines().forEach(line -> facts.add("prints " + line));
    }
    says(c, out + err, facts);
    return facts;
  }

  /** What it says where it fails. */
  static Set<String> failed(ScriptCase c, String says) {
    Set<String> facts = new TreeSet<>(List.of("fails"));
    if (c.is("line")) {
      Matcher m =
          Pattern.compile(Pattern.quote(c.script().getFileName() + ":") + "(\\d+)").matcher(says);
      facts.add(m.find() ? "at line " + m.group(1) : "at an unknown line");
    }
    says(c, says, facts);
    return facts;
  }

  private static void says(ScriptCase c, String says, Set<String> facts) {
    if (c.is("says")) {
      Matcher m = Pattern.compile(c.keys().get("says")).matcher(says);
      while (m.find()) {
        facts.add("says " + m.group(1));
      }
    }
  }

  private static Set<String> binary(Path output) {
    try {
      Set<String> facts = new TreeSet<>();
      byte[] bytes = Files.readAllBytes(output);
      facts.add("length " + bytes.length);
      for (int at = 0; at < bytes.length; at += 32) {
        byte[] line = Arrays.copyOfRange(bytes, at, Math.min(at + 32, bytes.length));
        if (!Arrays.equals(line, new byte[line.length])) {
          facts.add(String.format("bytes %06x %s", at, HexFormat.of().formatHex(line)));
        }
      }
      return facts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    facts.add(String.format("type %d entry %x", elf.type, elf.entry));
    StringBuilder order = new StringBuilder("order");
    for (Section s : elf.sections) {
      if (!isOfFile(s)) {
        order.append(' ').append(s.name());
        section(s);
      }
    }
    facts.add(order.toString());
    for (int i = 0; i < elf.segments.size(); i++) {
      segment(i, elf.segments.get(i));
    }
    elf.symbols().forEach(this::symbol);
    relocs();
  }

  /** The null section, the tables that every linker adds, and where one names itself. */
  private static boolean isOfFile(Section s) {
    return s.type() == 0
        || s.name().equals(".comment")
        || s.type() == SHT_SYMTAB
        || s.type() == SHT_STRTAB && (s.flags() & SHF_ALLOC) == 0
        || isKept(s);
  }

  /** Relocations that are kept for another link. */
  private static boolean isKept(Section s) {
    return (s.type() == SHT_RELA || s.type() == SHT_REL) && (s.flags() & SHF_ALLOC) == 0;
  }

  private void section(Section s) {
    facts.add(
        String.format(
            "section %s type %x flags %x addr %x size %x align %x entsize %x",
            s.name(), s.type(), s.flags(), s.addr(), s.size(), s.align(), s.entsize()));
    if ((s.flags() & SHF_ALLOC) != 0 && !elf.segments.isEmpty()) {
      facts.add("load address " + s.name() + " " + loadAddress(s));
    }
    // linkers pad code with other instructions that nobody executes
    boolean isCode = (s.flags() & SHF_EXECINSTR) != 0;
    if (!isCode
        && s.type() != SHT_NOBITS
        && s.type() != SHT_GROUP
        && !TABLE.matcher(s.name()).matches()) {
      byte[] bytes = elf.content(s);
      String what =
          bytes.length <= SHOWN
              ? HexFormat.of().formatHex(bytes)
              : String.format(
                  "%s... hash %08x",
                  HexFormat.of().formatHex(bytes, 0, SHOWN), Arrays.hashCode(bytes));
      facts.add("content " + s.name() + " " + what);
    }
  }

  private String loadAddress(Section s) {
    for (Segment p : elf.segments) {
      if (p.type() == 1
          && Long.compareUnsigned(p.addr(), s.addr()) <= 0
          && Long.compareUnsigned(s.addr() + s.size(), p.addr() + p.memsz()) <= 0
          && (s.type() == SHT_NOBITS
              || p.offset() <= s.offset() && s.offset() + s.size() <= p.offset() + p.filesz())) {
        return Long.toHexString(s.addr() - p.addr() + p.load());
      }
    }
    return "none";
  }

  private void segment(int i, Segment p) {
    boolean fits = p.align() == 0 || (p.addr() - p.offset()) % p.align() == 0;
    facts.add(
        String.format(
            "segment %d type %x flags %x addr %x load %x filesz %x memsz %x align %x%s",
            i,
            p.type(),
            p.flags(),
            p.addr(),
            p.load(),
            p.filesz(),
            p.memsz(),
            p.align(),
            fits ? "" : " offset does not fit"));
  }

  private String name(int section) {
    return switch (section) {
      case 0 -> "UND";
      case SHN_ABS -> "ABS";
      case SHN_COMMON -> "COMMON";
      default -> elf.sections.get(section).name();
    };
  }

  private void symbol(Symbol s) {
    if (s.type() == STT_SECTION || s.type() == STT_FILE || s.name().isEmpty()) {
      return;
    }
    // what is hidden has become local, and may say so in one way or the other
    boolean unseen = s.bind() == 0 || elf.type != ET_REL && s.visibility() == STV_HIDDEN;
    facts.add(
        String.format(
            "symbol %s value %x size %x type %d %s in %s",
            s.name(),
            s.value(),
            s.size(),
            s.type(),
            unseen ? "local" : "bind " + s.bind() + " visibility " + s.visibility(),
            name(s.shndx())));
  }

  /** The relocations that {@code -r} and {@code --emit-relocs} leave. */
  private void relocs() {
    List<Symbol> symbols = elf.symbols();
    for (Section s : elf.sections) {
      if (isKept(s)) {
        String of = name(s.info());
        for (Reloc r : elf.relocs(s)) {
          Symbol to = symbols.get(r.symbol());
          String name = to.type() == STT_SECTION ? name(to.shndx()) : to.name();
          facts.add(
              String.format(
                  "reloc %s %x type %d %s %x", of, r.offset(), r.type(), name, r.addend()));
        }
      }
    }
  }
}
