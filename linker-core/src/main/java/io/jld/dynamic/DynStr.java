package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** {@code .dynstr}: names of dynamic symbols, libraries and versions, each once. */
public final class DynStr extends Synthetic {
  private final Map<String, Integer> offsets = new HashMap<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  public DynStr() {
    super(".dynstr", SHT_STRTAB, SHF_ALLOC, 1, 0);
    bytes.write(0);
    offsets.put("", 0);
  }

  /** Adds a string, if it isn't there, and returns its offset. Only before the layout. */
  public int add(String s) {
    return offsets.computeIfAbsent(
        s,
        k -> {
          int at = bytes.size();
          bytes.writeBytes(NameBytes.bytes(k));
          bytes.write(0);
          return at;
        });
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.isDynamic();
  }

  @Override
  public long size() {
    return bytes.size();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.copyFrom(MemorySegment.ofArray(bytes.toByteArray()));
  }
}
