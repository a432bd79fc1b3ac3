package io.jld.segment;

import static io.jld.elf.Elf.*;

import io.jld.model.OutputSection;
import io.jld.plan.Place;
import java.util.ArrayList;
import java.util.List;

/** A program header in the making: first what is in it, then where that lies. */
final class MappedSegment {
  int type;
  final List<OutputSection> sections = new ArrayList<>();

  /** The script's header; null where the linker makes its own. */
  final ScriptHeader script;

  boolean fileHeader;
  boolean programHeaders;

  /** {@code p_flags} that do not depend on the sections; -1 where they do. */
  int fixedFlags = -1;

  /** {@code p_paddr} where the script says it, or no section does. */
  Long at;

  /** What {@link #at} adds to the load addresses of its sections. */
  long moved;

  int flags;
  long offset;
  long addr;
  long loadAddr;
  long filesz;
  long memsz;
  long align;

  MappedSegment(int type, ScriptHeader script) {
    this.type = type;
    this.script = script;
  }

  MappedSegment(int type, int flags) {
    this(type, null);
    fixedFlags = flags;
  }

  boolean isLoad() {
    return type == PT_LOAD;
  }

  boolean hasHeaders() {
    return fileHeader || programHeaders;
  }

  OutputSection first() {
    return sections.get(0);
  }

  /** Whether a byte of it is in the file, beside the file's headers. */
  boolean hasContent() {
    for (OutputSection s : sections) {
      if (!s.isNobits()) {
        return true;
      }
    }
    return false;
  }

  /** The strictest alignment of its sections in bytes; at least 1. */
  long strictestAlign() {
    long a = 1;
    for (OutputSection s : sections) {
      a = Math.max(a, s.align());
    }
    return a;
  }

  /** Where a script has it; null where none has. */
  Place place() {
    return script == null ? null : script.place();
  }

  /** The name for messages. */
  String name(int index) {
    return script == null ? Integer.toString(index) : script.name();
  }

  ProgramHeaders.Header header() {
    return new ProgramHeaders.Header(type, flags, offset, addr, loadAddr, filesz, memsz, align);
  }
}
