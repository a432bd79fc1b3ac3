package io.jld.testing;

import io.jld.elf.ElfClass;
import io.jld.input.Names;
import io.jld.link.Diagnostic;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;

/** What a link in memory has made, to be looked at by section and address. */
public final class Linked {
  private final MemorySegment bytes;
  private final List<Diagnostic> diagnostics;
  private final ElfClass elf;

  private Linked(LinkResult result) {
    bytes = result.bytes();
    diagnostics = result.diagnostics();
    elf = ElfClass.of(ElfClass.u8(bytes, 4) == 2);
  }

  /** Links objects with the test architectures; {@code options} may set more. */
  public static Linked link(Consumer<LinkRequest.Builder> options, ObjectBuilder... objects) {
    LinkRequest.Builder b =
        LinkRequest.builder().arches(TestArch.ARCHES).output(OutputSink.memory()).threads(1);
    for (int i = 0; i < objects.length; i++) {
      b.input(objects[i].source("obj" + i + ".o"));
    }
    options.accept(b);
    return new Linked(Linker.link(b.build()));
  }

  public static Linked link(ObjectBuilder... objects) {
    return link(b -> {}, objects);
  }

  /** A section of the output. */
  public record Section(
      int type, long flags, long addr, long align, long entsize, MemorySegment bytes) {}

  public MemorySegment bytes() {
    return bytes;
  }

  public byte[] toArray() {
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }

  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }

  public ElfClass elf() {
    return elf;
  }

  /** The section of the given name; null where there is none. */
  public Section section(String name) {
    long table = elf.shoff(bytes);
    long names = table + (long) elf.shstrndx(bytes) * elf.shdrSize;
    for (int i = 1; i < elf.shnum(bytes); i++) {
      long h = table + (long) i * elf.shdrSize;
      if (Names.is(bytes, elf.shOffset(bytes, names) + ElfClass.shName(bytes, h), name)) {
        int type = ElfClass.shType(bytes, h);
        MemorySegment content =
            bytes.asSlice(elf.shOffset(bytes, h), type == 8 ? 0 : elf.shSize(bytes, h));
        return new Section(
            type,
            elf.shFlags(bytes, h),
            elf.shAddr(bytes, h),
            elf.shAlign(bytes, h),
            elf.shEntsize(bytes, h),
            content);
      }
    }
    return null;
  }

  /** The output's bytes from an address on, to the end of the section that it lies in. */
  public MemorySegment at(long addr) {
    long table = elf.shoff(bytes);
    for (int i = 1; i < elf.shnum(bytes); i++) {
      long h = table + (long) i * elf.shdrSize;
      long in = addr - elf.shAddr(bytes, h);
      if ((elf.shFlags(bytes, h) & 2) != 0 && in >= 0 && in < elf.shSize(bytes, h)) {
        return bytes.asSlice(elf.shOffset(bytes, h) + in, elf.shSize(bytes, h) - in);
      }
    }
    throw new AssertionError("no section has address 0x" + Long.toHexString(addr));
  }

  /** The string at an address. */
  public String string(long addr) {
    return Names.string(at(addr), 0);
  }

  /** Word {@code i} of a section. */
  public long word(String section, int i) {
    return elf.word(section(section).bytes(), (long) i * elf.wordSize);
  }
}
