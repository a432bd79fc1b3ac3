/** The command line. */
module io.jld.cli {
  requires io.jld.core;
  requires org.slf4j;
}
