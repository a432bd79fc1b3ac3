package io.jld.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.spi.ToolProvider;

/** jld for programs that run tools in their own process: {@code ToolProvider.findFirst("jld")}. */
public final class JldTool implements ToolProvider {
  @Override
  public String name() {
    return "jld";
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    return Main.run(args, new TextStream(out), new TextStream(err));
  }

  @Override
  public int run(PrintStream out, PrintStream err, String... args) {
    return Main.run(args, out, err);
  }
}
