package io.jld.e2e;

/** The architectures that the tests link for. */
enum Target {
  AMD64("amd64", "-m64", "elf_x86_64", 62, 8),
  X86("x86", "-m32", "elf_i386", 3, 4);

  final String arch;

  /** What compilers are told. */
  final String flag;

  final String emulation;
  final int machine;
  final int wordSize;

  Target(String arch, String flag, String emulation, int machine, int wordSize) {
    this.arch = arch;
    this.flag = flag;
    this.emulation = emulation;
    this.machine = machine;
    this.wordSize = wordSize;
  }

  Target other() {
    return this == AMD64 ? X86 : AMD64;
  }

  @Override
  public String toString() {
    return arch;
  }
}
