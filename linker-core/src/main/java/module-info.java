/** The linker as a library. */
module io.jld.core {
  requires com.google.common;
  requires org.slf4j;
}
