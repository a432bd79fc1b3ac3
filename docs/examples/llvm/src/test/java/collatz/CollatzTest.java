package collatz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program runs, and counts what is counted here. */
class CollatzTest {
  private static final int[] NUMBERS = {1, 2, 3, 7, 27, 97, 871, 6171, 77031};

  @ParameterizedTest
  @EnumSource(Target.class)
  void counts(Target target) throws Exception {
    try {
      Program.libc(target);
    } catch (IOException e) {
      abort("no " + e.getMessage());
    }
    try (Memfd program = new Memfd("collatz")) {
      Program.build(target, program);
      List<String> command = new ArrayList<>(List.of(program.path().toString()));
      StringBuilder expected = new StringBuilder();
      for (int n : NUMBERS) {
        command.add("" + n);
        int steps = 0;
        for (int m = n; m != 1; m = m % 2 == 0 ? m / 2 : 3 * m + 1) {
          steps++;
        }
        expected.append(n).append(": ").append(steps).append(" steps\n");
      }
      Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
      String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(expected.toString(), out);
      assertEquals(0, p.waitFor());
    }
  }
}
