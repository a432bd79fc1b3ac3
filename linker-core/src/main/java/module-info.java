/**
 * The linker as a library: {@code io.jld.link} is its API, {@code io.jld.arch} and {@code
 * io.jld.asmb} are what an architecture is made of and with.
 */
module io.jld.core {
  requires com.google.common;
  requires org.slf4j;

  exports io.jld.link;
  exports io.jld.arch;
  exports io.jld.asmb;

  uses io.jld.arch.Arch;
}
