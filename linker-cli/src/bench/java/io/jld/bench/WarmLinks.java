package io.jld.bench;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * Runs one link again and again in one JVM, for {@code bench.sh}: once for each line on standard
 * input, which holds further options. Answers with the time in microseconds, what the link printed,
 * and a dot, on lines of their own.
 */
public final class WarmLinks {
  private WarmLinks() {}

  public static void main(String[] args) throws IOException {
    ToolProvider jld = ToolProvider.findFirst("jld").orElseThrow();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      List<String> all = new ArrayList<>(List.of(args));
      if (!line.isBlank()) {
        all.addAll(List.of(line.strip().split(" +")));
      }
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
      long from = System.nanoTime();
      int status = jld.run(out, System.err, all.toArray(String[]::new));
      long micros = (System.nanoTime() - from) / 1000;
      if (status != 0) {
        System.exit(status);
      }
      System.out.print(micros + "\n" + said.toString(StandardCharsets.UTF_8) + ".\n");
      System.out.flush();
    }
  }
}
