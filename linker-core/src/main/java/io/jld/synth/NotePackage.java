package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/**
 * {@code .note.package}: which package the output belongs to, as a JSON text with a NUL
 * (systemd.io, "ELF Package Metadata").
 */
public final class NotePackage extends Synthetic {
  private static final int HEADER = 16;

  private final byte[] json;

  public NotePackage(Context ctxt) {
    super(".note.package", SHT_NOTE, SHF_ALLOC, 4, 0);
    String text = ctxt.option(LinkOption.PACKAGE_METADATA);
    if (!text.isEmpty() && !Json.isValid(text)) {
      ctxt.warning(
          DiagnosticCode.PACKAGE_METADATA,
          Location.NONE,
          "--package-metadata=" + text + " does not contain valid JSON, ignoring");
      text = "";
    }
    json = text.isEmpty() ? new byte[0] : NameBytes.bytes(text + '\0');
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return json.length > 0;
  }

  @Override
  public long size() {
    return HEADER + ((json.length + 3) & -4);
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.fill((byte) 0);
    ElfClass.put32(slice, 0, 4);
    ElfClass.put32(slice, 4, (json.length + 3) & -4);
    ElfClass.put32(slice, 8, NT_FDO_PACKAGING_METADATA);
    ElfClass.put32(slice, 12, 0x4f4446); // "FDO"
    slice.asSlice(HEADER, json.length).copyFrom(MemorySegment.ofArray(json));
  }
}
