package io.jld.e2e;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Some of the tests once more, with the links made by {@code jld --server}: those that look at what
 * is said, at outputs, and at scripts. CONTRIBUTING.md says how to run all of them so.
 */
@Isolated("all links of this JVM are the server's then")
class ServedIT {
  private static Served served;

  @BeforeAll
  static void begin() throws IOException {
    served = Served.begin();
  }

  @AfterAll
  static void end() {
    served.close();
  }

  @Nested
  class Errors extends ErrorsTest {}

  @Nested
  class Outputs extends OutputOptionsTest {}

  @Nested
  class Scripts extends LinkerScriptsTest {}
}
