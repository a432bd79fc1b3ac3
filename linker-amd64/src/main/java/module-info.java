/**
 * The architecture amd64: {@link io.jld.amd64.Amd64} is all that there is to it from the outside.
 */
module io.jld.amd64 {
  requires io.jld.core;
  requires org.slf4j;

  // It knows the architectures of its distribution by name, which saves a search at each start.
  exports io.jld.amd64 to
      io.jld.cli;

  provides io.jld.arch.Arch with
      io.jld.amd64.Amd64;
}
