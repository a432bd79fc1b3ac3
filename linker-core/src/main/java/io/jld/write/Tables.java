package io.jld.write;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.layout.AssignAddresses;
import io.jld.layout.BinaryOutput;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * The places of the tables at the end of the file.
 *
 * @param symtab offset of {@code .symtab} in bytes; likewise the following
 * @param extended offset of {@code .symtab_shndx}; 0 where no section's number needs it
 * @param headers offset of the section header table
 * @param count of section headers
 * @param names content of {@code .shstrtab}
 * @param size of the file in bytes
 */
public record Tables(
    long symtab,
    long strtab,
    long extended,
    long shstrtab,
    long headers,
    int count,
    byte[] names,
    int symtabName,
    int strtabName,
    int extendedName,
    int shstrtabName,
    long size) {

  public static Tables place(Context ctxt) {
    if (BinaryOutput.isWanted(ctxt)) {
      return BinaryOutput.tables(ctxt);
    }
    ElfClass elf = ctxt.elf;
    Map<String, Integer> offsets = new HashMap<>();
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.write(0);
    for (OutputSection s : ctxt.outputSections) {
      s.nameOffset = add(offsets, names, s.name());
    }
    long at = ctxt.layout.size();
    long symtab = 0;
    long strtab = 0;
    int count = ctxt.outputSections.size() + 2;
    int symtabName = 0;
    int strtabName = 0;
    long extended = 0;
    int extendedName = 0;
    if (ctxt.symTab.isNeeded(ctxt)) {
      symtabName = add(offsets, names, ".symtab");
      strtabName = add(offsets, names, ".strtab");
      symtab = AssignAddresses.align(at, elf.wordSize);
      strtab = symtab + ctxt.symTab.size();
      at = strtab + ctxt.symTab.stringSize();
      count += 2;
      if (ctxt.outputSections.size() >= Elf.SHN_LORESERVE) {
        extendedName = add(offsets, names, ".symtab_shndx");
        extended = AssignAddresses.align(at, 4);
        at = extended + ctxt.symTab.extendedSize();
        count++;
      }
    }
    int shstrtabName = add(offsets, names, ".shstrtab");
    byte[] bytes = names.toByteArray();
    long headers = AssignAddresses.align(at + bytes.length, 8);
    long size = headers + (long) count * elf.shdrSize;
    return new Tables(
        symtab,
        strtab,
        extended,
        at,
        headers,
        count,
        bytes,
        symtabName,
        strtabName,
        extendedName,
        shstrtabName,
        size);
  }

  private static int add(Map<String, Integer> offsets, ByteArrayOutputStream names, String name) {
    return offsets.computeIfAbsent(
        name,
        n -> {
          int at = names.size();
          names.writeBytes(NameBytes.bytes(n));
          names.write(0);
          return at;
        });
  }
}
