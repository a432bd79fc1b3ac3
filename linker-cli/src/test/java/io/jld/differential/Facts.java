package io.jld.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.TreeMultiset;
import io.jld.e2e.Proc;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code readelf} tells about a file, one fact a line, without the addresses and offsets that
 * each linker chooses for itself. Facts are compared as multisets: their order says nothing.
 */
final class Facts {
  private static final String HEX = "([0-9a-f]+)";

  /** What readelf makes of IFUNC and UNIQUE where the file is not marked as one for GNU systems. */
  private static final String NAMELESS = "<OS specific>: 10";

  private static final Pattern SECTION =
      Pattern.compile(
          "^ +\\[ *(\\d+)\\] (\\S*) +([A-Z]\\S*|<unknown>.*?|\\S*: <unknown>) +"
              + (HEX + " " + HEX + " " + HEX + " " + HEX)
              + " +([A-Za-z]*) +\\d+ +\\d+ +\\d+$");
  private static final Pattern SEGMENT =
      Pattern.compile(
          "^  (\\S+) +0x\\w+ 0x(\\w+) 0x\\w+ 0x(\\w+) 0x(\\w+) ([R ][W ][E ]) (0x\\w+|0)$");
  private static final Pattern COUNT =
      Pattern.compile(
          "^(?:  Number of )?(section headers: |program headers: |Relocation section|Symbol table"
              + "|Dynamic section|Version needs|Version definition)"
              + "(?! '\\.relr)(?:.* contains)? *(\\d+)");
  private static final Pattern INTERPRETER =
      Pattern.compile("^ +\\[Requesting program interpreter: (.*)\\]$");
  private static final Pattern DYNAMIC = Pattern.compile("^ 0x\\w+ \\((\\w+)\\) +(.*)$");
  private static final Pattern BRACKETED = Pattern.compile("\\[(.*)\\]");
  private static final Pattern VERSION_FILE = Pattern.compile("Version: 1  File: (\\S+) ");
  private static final Pattern VERSION_NEED =
      Pattern.compile("^  0x\\w+:   Name: (\\S+)  Flags: (.*?)  Version: \\d+$");
  private static final Pattern VERSION_DEFINITION =
      Pattern.compile("Rev: 1  Flags: (.*?)  Index: (\\d+)  Cnt: \\d+  Name: (\\S+)$");
  private static final Pattern VERSION_PARENT = Pattern.compile("^  0x\\w+: Parent \\d+: (\\S+)$");
  private static final Pattern RELOC_TABLE = Pattern.compile("^Relocation section '(\\S+)' at");
  private static final Pattern RELOC =
      Pattern.compile("^" + HEX + "  " + HEX + " (R_\\w+)(?: +(\\S+)(?: +(.*))?)? *$");
  private static final Pattern OFFSETS = Pattern.compile("^  (\\d+) offsets?$");
  private static final Pattern SYMBOL_TABLE = Pattern.compile("^Symbol table '(\\S+)' contains");
  private static final Pattern SYMBOL =
      Pattern.compile(
          "^ +\\d+: (\\w+) +(\\w+) (\\S+) +(\\S+) +(\\S+) +(?:\\[.*\\] +)?(\\S+) ?(.*)$");
  private static final Pattern SYMBOL_VERSION = Pattern.compile(" \\(\\d+\\)$");
  private static final Pattern NOTE = Pattern.compile("^  (\\S+) +0x\\w+\t(\\w+)(.*)$");
  private static final Pattern PROPERTY =
      Pattern.compile("^.*?(x86 [^\\t]*|stack size.*|no copy.*)$");

  private record Section(String name, long addr, long offset, long size, boolean alloc) {}

  private final Path file;
  private final Multiset<String> facts = TreeMultiset.create();
  private final List<Section> sections = new ArrayList<>();
  private final Multiset<String> unnamedRelocs = HashMultiset.create();

  /** What readelf says it prints, and what has been understood of it. */
  private final Multiset<String> announced = HashMultiset.create();

  private final Multiset<String> understood = HashMultiset.create();

  private Facts(Path file) {
    this.file = file;
  }

  static Multiset<String> of(Path file) {
    Facts f = new Facts(file);
    List<String> command =
        List.of("readelf", "-W", "-h", "-S", "-l", "-d", "-V", "-r", "-n", "-s", file.toString());
    Proc readelf = Proc.run(file.getParent(), command).ok();
    f.read(readelf.out().replace(NAMELESS, "GNU-10").lines().toList());
    readelf.err().lines().forEach(line -> f.facts.add("complaint of " + line));
    return f.facts;
  }

  private void read(List<String> lines) {
    String table = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher m = COUNT.matcher(line);
      if (m.find()) {
        announced.add(m.group(1), Integer.parseInt(m.group(2)));
      }
      if (line.startsWith("  Type: ")) {
        facts.add("type " + line.substring(7).strip().split(" ")[0]);
      } else if (line.startsWith("  OS/ABI: ")) {
        facts.add("os/abi " + line.substring(9).strip());
      } else if (line.startsWith("  Entry point address:")) {
        facts.add(line.endsWith(" 0x0") ? "no entry" : "entry");
      } else if ((m = SECTION.matcher(line)).find()) {
        understood.add("section headers: ");
        section(m);
      } else if ((m = SEGMENT.matcher(line)).find()) {
        understood.add("program headers: ");
        segment(m);
      } else if ((m = INTERPRETER.matcher(line)).find()) {
        facts.add("interpreter " + m.group(1));
      } else if ((m = DYNAMIC.matcher(line)).find()) {
        understood.add("Dynamic section");
        dynamic(m.group(1), m.group(2).strip());
      } else if ((m = VERSION_FILE.matcher(line)).find()) {
        understood.add("Version needs");
        table = m.group(1);
      } else if ((m = VERSION_NEED.matcher(line)).find()) {
        facts.add("version need " + table + " " + m.group(1) + flags(m.group(2)));
      } else if ((m = VERSION_DEFINITION.matcher(line)).find()) {
        understood.add("Version definition");
        StringBuilder version = new StringBuilder("version " + m.group(2) + " " + m.group(3));
        version.append(flags(m.group(1)));
        for (; i + 1 < lines.size(); i++) {
          Matcher parent = VERSION_PARENT.matcher(lines.get(i + 1));
          if (!parent.find()) {
            break;
          }
          version.append(" after ").append(parent.group(1));
        }
        facts.add(version.toString());
      } else if ((m = RELOC_TABLE.matcher(line)).find()) {
        table = m.group(1);
      } else if ((m = RELOC.matcher(line)).find()) {
        understood.add("Relocation section");
        reloc(table, m.group(3), m.group(5));
      } else if ((m = OFFSETS.matcher(line)).find()) {
        unnamedRelocs.add("reloc " + table + " relative", Integer.parseInt(m.group(1)));
      } else if ((m = SYMBOL_TABLE.matcher(line)).find()) {
        table = m.group(1);
      } else if ((m = SYMBOL.matcher(line)).find()) {
        understood.add("Symbol table");
        symbol(table.substring(1), m);
      } else if ((m = NOTE.matcher(line)).find() && !m.group(2).equals("description")) {
        facts.add("note " + m.group(1) + " " + m.group(2));
        property(m.group(3));
      } else if (line.startsWith("\t")) {
        property(line);
      }
    }
    assertEquals(announced, understood, () -> "readelf " + file + " is not understood");
    for (Multiset.Entry<String> e : unnamedRelocs.entrySet()) {
      facts.add(e.getElement() + " x" + e.getCount());
    }
  }

  private static String flags(String flags) {
    return flags.equals("none") ? "" : " " + flags.strip();
  }

  private void section(Matcher m) {
    String name = m.group(2);
    long size = Long.parseLong(m.group(6), 16);
    boolean alloc = m.group(8).contains("A");
    long offset = Long.parseLong(m.group(5), 16);
    sections.add(new Section(name, Long.parseUnsignedLong(m.group(4), 16), offset, size, alloc));
    if (m.group(1).equals("0")) {
      return;
    }
    facts.add("section " + name + " " + m.group(3) + " " + m.group(8));
    if (name.endsWith("_array")) {
      facts.add("size " + name + " " + size);
    } else if (name.equals(".eh_frame_hdr")) {
      facts.add("unwind table of " + u32(offset + 8) + " functions");
    }
  }

  private long u32(long offset) {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(offset);
      return Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void segment(Matcher m) {
    String type = m.group(1);
    long addr = Long.parseUnsignedLong(m.group(2), 16);
    long memsz = Long.parseLong(m.group(4), 16);
    String flags = m.group(5).replace(" ", "");
    facts.add("segment " + type + " " + flags + " align " + m.group(6));
    switch (type) {
      case "LOAD" -> covers("loaded " + flags, addr, memsz);
      case "GNU_RELRO" -> covers("relro", addr, memsz);
      case "TLS" -> facts.add("tls filesz 0x" + m.group(3) + " memsz 0x" + m.group(4));
      case "GNU_STACK" -> facts.add("stack size " + memsz);
      default -> {}
    }
  }

  /** Sections that lie in a segment; .tbss takes no addresses there. */
  private void covers(String what, long addr, long memsz) {
    for (Section s : sections) {
      if (s.alloc && s.size != 0 && !s.name.equals(".tbss")) {
        if (addr <= s.addr && s.addr + s.size <= addr + memsz) {
          facts.add(what + " " + s.name);
        }
      }
    }
  }

  private void dynamic(String tag, String value) {
    switch (tag) {
      case "NULL" -> {}
      case "NEEDED" -> {
        int n = 1;
        while (contains("needed " + n + " ")) {
          n++;
        }
        facts.add("needed " + n + " " + bracketed(value));
      }
      case "FLAGS" -> {
        for (String flag : value.split(" +")) {
          facts.add("dynamic FLAGS " + flag);
        }
      }
      case "FLAGS_1" -> {
        for (String flag : value.replace("Flags: ", "").split(" +")) {
          facts.add("dynamic FLAGS_1 " + flag);
        }
      }
      case "PLTREL" -> facts.add("dynamic PLTREL " + value);
      default -> facts.add("dynamic " + tag + (value.contains("[") ? " " + bracketed(value) : ""));
    }
  }

  private boolean contains(String prefix) {
    return facts.elementSet().stream().anyMatch(f -> f.startsWith(prefix));
  }

  private static String bracketed(String value) {
    Matcher m = BRACKETED.matcher(value);
    return m.find() ? m.group(1) : value;
  }

  /** Relocations without a symbol are counted; the others are told with it, and what is added. */
  private void reloc(String table, String type, String target) {
    if (target == null || target.isBlank()) {
      unnamedRelocs.add("reloc " + table + " " + type);
    } else {
      facts.add("reloc " + table + " " + type + " " + target.strip().replace(" + 0", ""));
    }
  }

  private void symbol(String table, Matcher m) {
    String name = SYMBOL_VERSION.matcher(m.group(7)).replaceFirst("");
    if (name.isEmpty() || m.group(3).equals("SECTION")) {
      return;
    }
    String where = m.group(6);
    if (Character.isDigit(where.charAt(0))) {
      where = sections.get(Integer.parseInt(where)).name;
    }
    String size = Long.decode(m.group(2)) == 0 ? "" : " size " + Long.decode(m.group(2));
    String type = m.group(3).replace("GNU-10", "IFUNC");
    String bind = m.group(4).replace("GNU-10", "UNIQUE");
    facts.add(String.join(" ", table, name, type, bind, m.group(5), "in", where) + size);
  }

  private void property(String text) {
    Matcher m = PROPERTY.matcher(text);
    if (m.find()) {
      facts.add("property " + m.group(1).strip());
    }
  }
}
