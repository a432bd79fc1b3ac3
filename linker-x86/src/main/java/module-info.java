/** The architecture x86: the i386 psABI. */
module io.jld.x86 {
  requires io.jld.core;

  provides io.jld.arch.Arch with
      io.jld.x86.X86;
}
