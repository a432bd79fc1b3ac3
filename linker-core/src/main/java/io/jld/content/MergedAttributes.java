package io.jld.content;

import io.jld.arch.AttributeSection;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/** The section that describes all objects ({@link MergeObjects}). */
public final class MergedAttributes extends Synthetic {
  private final byte[] bytes;

  /** Null where the output has none. */
  public static MergedAttributes of(Context ctxt) {
    return ctxt.find(MergedAttributes.class);
  }

  MergedAttributes(AttributeSection section, byte[] bytes) {
    super(section.name(), section.type(), 0, 1, 0);
    this.bytes = bytes;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return true;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.copyFrom(MemorySegment.ofArray(bytes));
  }
}
