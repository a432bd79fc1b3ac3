package tern;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tern.code.Target;
import tern.lang.Errors.Refused;
import tern.lang.Source;

/** A program in which a word is missing or another one is either still a program, or is refused. */
class DamagedTest {
  private static final Pattern WORD = Pattern.compile("\\w+|\"[^\"]*\"|[^\\s\\w]");
  private static final List<String> OTHERS = List.of("", ";", "(", "}", "1", "x", "null", "main()");

  @ParameterizedTest
  @ValueSource(
      strings = {"calculator.tern", "sieve.tern", "queens.tern", "sort.tern", "stack.tern"})
  void isRefused(String name) {
    String text = Tern.program(name).text();
    int refused = 0;
    int taken = 0;
    for (MatchResult word : WORD.matcher(text).results().toList()) {
      for (String other : OTHERS) {
        String damaged = text.substring(0, word.start()) + other + text.substring(word.end());
        try {
          Compiler.compile(new Source(name, damaged), Target.X86).bytes();
          taken++;
        } catch (Refused e) {
          assertTrue(e.errors().stream().allMatch(error -> error.place() != null), e.getMessage());
          refused++;
        }
      }
    }
    assertTrue(refused > taken, refused + " refused, " + taken + " taken");
  }
}
