/** The architecture amd64. */
module io.jld.amd64 {
  requires io.jld.core;
  requires org.slf4j;
}
