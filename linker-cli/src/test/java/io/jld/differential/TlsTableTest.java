package io.jld.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.Multiset;
import io.jld.differential.Bench.Linker;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thread-local storage by all three linkers: which links they refuse, what they leave to the
 * loader, and what the programs print.
 */
class TlsTableTest {
  /** As in {@code docs/compatibility.md}; the outputs are ARCHITECTURE/OUTPUT/MODEL/DEFINITION. */
  private static final String ACCEPTED =
      """
      ## Differences from GNU ld

      ### A weak variable that nothing defines is left to the loader

      GNU ld gives it the offset 0; a library that is loaded may define it after all.

      ```diff
      @@ */no-pie/*/weak */pie/*/weak @@
      +reloc R_*_TPOFF* x
      ```

      ### Initial-exec code on x86 uses R_386_TLS_TPOFF

      jld's rewritten code adds the offset from the thread pointer, and GNU ld's subtracts it.

      ```diff
      @@ x86/*/library* @@
      -reloc R_386_TLS_TPOFF32 x
      +reloc R_386_TLS_TPOFF x
      ```

      ### Local-exec code is for executables

      GNU ld lets the loader write the offset into the code of a shared library on x86, and refuses it on amd64.

      ```diff
      @@ x86/shared/le/* @@
      +link fails
      -reloc R_386_TLS_TPOFF *
      -run *
      ```

      ## Differences from lld

      ### Local-dynamic code can't use what a library defines

      The offset is not that of the library's variable: lld's programs use another variable's place.

      ```diff
      @@ amd64/*/ld/library* @@
      +link fails
      -reloc R_X86_64_DTPMOD64 -
      -run *
      ```

      ### A weak variable that nothing defines has the offset 0 in local-exec code

      GNU ld links it, and lld does so only where the executable is not position-independent.

      ```diff
      @@ */pie/le/weak @@
      +run *
      -link fails
      ```

      ### A common symbol that is thread-local has its place in .tbss

      lld puts it into .bss, which is no place for it: the program crashes, or not, as its layout will have it.

      ```diff
      @@ */common @@
      +run *
      -run ends with status 139
      ```
      """;

  @TempDir Path dir;

  @TestFactory
  List<DynamicTest> table() throws IOException {
    DifferentialTest.needLinkers(dir);
    for (Target target : Target.values()) {
      Tools.needC(target);
    }
    Accepted accepted = new Accepted(ACCEPTED.lines().toList());
    List<DynamicTest> tests = new ArrayList<>();
    for (Target target : Target.values()) {
      TlsTable table = new TlsTable(Files.createDirectories(dir.resolve(target.arch)), target);
      for (TlsTable.Cell c : TlsTable.cells()) {
        tests.add(
            DynamicTest.dynamicTest(target + "/" + c, () -> compare(table, c, target, accepted)));
      }
    }
    tests.add(
        DynamicTest.dynamicTest(
            "every accepted difference occurs", () -> assertEquals(List.of(), accepted.unseen())));
    return tests;
  }

  private static void compare(TlsTable table, TlsTable.Cell c, Target target, Accepted accepted) {
    Map<Linker, Multiset<String>> facts = table.facts(c);
    StringBuilder unexplained = new StringBuilder();
    for (Linker other : List.of(Linker.GNU, Linker.LLD)) {
      List<String> differences =
          accepted.unexplained(other, target + "/" + c, facts.get(other), facts.get(Linker.JLD));
      if (!differences.isEmpty()) {
        unexplained.append("\n@@ ").append(target + "/" + c).append(" @@ ").append(other.command);
        differences.forEach(d -> unexplained.append('\n').append(d));
      }
    }
    assertEquals("", unexplained.toString());
  }
}
