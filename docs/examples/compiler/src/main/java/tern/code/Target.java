package tern.code;

import java.util.Locale;
import tern.elf.Section;

/** What can be compiled for. */
public enum Target {
  AMD64(8),
  X86(4);

  private final int wordSize;

  Target(int wordSize) {
    this.wordSize = wordSize;
  }

  /** The name that the linker knows the architecture by. */
  public String arch() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of an address, in bytes. */
  public int wordSize() {
    return wordSize;
  }

  Machine machine(Section text) {
    return this == AMD64 ? new Amd64(text) : new X86(text);
  }
}
