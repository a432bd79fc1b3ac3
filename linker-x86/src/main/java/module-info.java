/** The architecture x86. */
module io.jld.x86 {
  requires io.jld.core;
  requires org.slf4j;
}
