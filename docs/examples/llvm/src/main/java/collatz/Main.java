package collatz;

import io.jld.link.LinkException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The command line: {@code [amd64|x86] NUMBER...}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws IOException, InterruptedException, LinkException {
    List<String> numbers = new ArrayList<>(List.of(args));
    Target target =
        Arrays.stream(Target.values())
            .filter(t -> args.length > 0 && t.arch().equals(args[0].toLowerCase(Locale.ROOT)))
            .findAny()
            .orElse(null);
    if (target == null) {
      target = Target.AMD64;
    } else {
      numbers.removeFirst();
    }
    try (Memfd program = new Memfd("collatz")) {
      Program.build(target, program);
      numbers.addFirst(program.path().toString());
      System.exit(new ProcessBuilder(numbers).inheritIO().start().waitFor());
    }
  }
}
