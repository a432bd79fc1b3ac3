package io.jld.write;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.LinkOption;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables after the contents, which are sections of the file like others, and the table of
 * section headers at its end.
 *
 * @param sections all sections of the file, in the order of their headers; the null section is not
 *     among them
 * @param symtab null where the output has no symbols; likewise the following
 * @param extended {@code .symtab_shndx}: there is one where a section's number needs it (gABI,
 *     "Symbol Table", {@code SHN_XINDEX})
 * @param strtab the names of the symbols
 * @param shstrtab the names of the sections
 * @param names its content
 * @param headers offset of the section header table in bytes
 * @param size of the file in bytes
 */
public record Tables(
    List<OutputSection> sections,
    OutputSection symtab,
    OutputSection extended,
    OutputSection strtab,
    OutputSection shstrtab,
    byte[] names,
    long headers,
    long size) {
  /** The link's, once they have their places. */
  public static Tables of(Context ctxt) {
    return ctxt.get(Tables.class);
  }

  /** Of a file that consists of contents alone. */
  public static Tables none(long size) {
    return new Tables(List.of(), null, null, null, null, new byte[0], size, size);
  }

  /** Whether there are section headers, and a table of their names. */
  public boolean hasHeaders() {
    return shstrtab != null;
  }

  /** Section headers, that of the null section included. */
  public int count() {
    return sections.size() + 1;
  }

  /**
   * Places the tables after the contents.
   *
   * @param symbols null where the output has none
   */
  public static Tables place(Context ctxt, SymbolTables symbols) {
    return new Builder(ctxt).place(symbols);
  }

  private static final class Builder {
    private final Context ctxt;
    private final List<OutputSection> sections;
    private final Map<String, Integer> offsets = new HashMap<>();
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();
    private long at;

    Builder(Context ctxt) {
      this.ctxt = ctxt;
      this.sections = new ArrayList<>(ctxt.outputSections());
      this.at = ctxt.layout().size();
      names.write(0);
      for (OutputSection s : sections) {
        s.nameOffset = name(s.name());
      }
    }

    private int name(String name) {
      Integer known = offsets.get(name);
      if (known != null) {
        return known;
      }
      int offset = names.size();
      names.writeBytes(NameBytes.bytes(name));
      names.write(0);
      offsets.put(name, offset);
      return offset;
    }

    Tables place(SymbolTables symbols) {
      OutputSection symtab = null;
      OutputSection extended = null;
      OutputSection strtab = null;
      if (symbols != null) {
        int word = ctxt.elf.wordSize;
        TableSection strings =
            new TableSection(".strtab", SHT_STRTAB, 1, 0, symbols.stringSize(), null, 0);
        TableSection table =
            new TableSection(
                ".symtab",
                SHT_SYMTAB,
                word,
                ctxt.elf.symSize,
                symbols.size(),
                strings,
                symbols.locals());
        boolean isLarge = sections.size() >= SHN_LORESERVE;
        symtab = add(table);
        if (isLarge) {
          extended =
              add(
                  new TableSection(
                      ".symtab_shndx", SHT_SYMTAB_SHNDX, 4, 4, symbols.extendedSize(), table, 0));
        }
        strtab = add(strings);
      }
      if (!ctxt.option(LinkOption.SECTION_HEADERS)) {
        return new Tables(sections, null, null, null, null, new byte[0], at, at);
      }
      int own = name(".shstrtab");
      OutputSection shstrtab =
          add(new TableSection(".shstrtab", SHT_STRTAB, 1, 0, names.size(), null, 0));
      shstrtab.nameOffset = own;
      long headers = ElfClass.align(at, 8);
      long size = headers + (sections.size() + 1L) * ctxt.elf.shdrSize;
      return new Tables(
          sections, symtab, extended, strtab, shstrtab, names.toByteArray(), headers, size);
    }

    private OutputSection add(TableSection table) {
      OutputSection s = new OutputSection(table.section(), sections.size());
      s.add(table);
      s.nameOffset = name(s.name());
      at = ElfClass.align(at, s.align());
      s.offset = at;
      s.size = table.size();
      at += s.size;
      sections.add(s);
      s.index = sections.size();
      return s;
    }
  }
}
