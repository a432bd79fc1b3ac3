/** The architecture x86: the i386 psABI. */
module io.jld.x86 {
  requires io.jld.core;

  // It knows the architectures of its distribution by name, which saves a search at each start.
  exports io.jld.x86 to
      io.jld.cli;

  provides io.jld.arch.Arch with
      io.jld.x86.X86;
}
