package hello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is linked in memory runs, and what is broken is said to be. */
class HelloTest {
  @TempDir Path dir;

  @Test
  void theProgramPrintsItsText() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "not on amd64");
    Path program = dir.resolve("hello");
    Hello.link(program, "one line\n");
    Process process = new ProcessBuilder(program.toString()).redirectErrorStream(true).start();
    assertEquals("one line\n", new String(process.getInputStream().readAllBytes()));
    assertEquals(0, process.waitFor());
  }

  @Test
  void aBrokenObjectIsADiagnostic() {
    byte[] whole = Hello.object("one line\n");
    LinkRequest request =
        LinkRequest.builder()
            .input(InputSource.memory("half.o", Arrays.copyOf(whole, whole.length / 2)))
            .output(OutputSink.memory())
            .build();
    LinkException e = assertThrows(LinkException.class, () -> Linker.link(request));
    assertEquals("half.o", e.diagnostics().getFirst().location().file());
  }
}
