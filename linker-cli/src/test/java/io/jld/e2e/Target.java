package io.jld.e2e;

/** The architectures that the tests link for. */
public enum Target {
  AMD64("amd64", "-m64", "elf_x86_64", 62, 8),
  X86("x86", "-m32", "elf_i386", 3, 4);

  public final String arch;

  /** What compilers are told. */
  public final String flag;

  public final String emulation;
  public final int machine;
  public final int wordSize;

  Target(String arch, String flag, String emulation, int machine, int wordSize) {
    this.arch = arch;
    this.flag = flag;
    this.emulation = emulation;
    this.machine = machine;
    this.wordSize = wordSize;
  }

  public Target other() {
    return this == AMD64 ? X86 : AMD64;
  }

  @Override
  public String toString() {
    return arch;
  }
}
