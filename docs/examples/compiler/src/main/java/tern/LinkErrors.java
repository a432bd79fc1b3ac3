package tern;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.Severity;
import java.util.List;
import java.util.Map;
import tern.code.Code;
import tern.lang.Errors.Error;
import tern.lang.Source.Place;

/**
 * Says what the linker found in the words of the language. A diagnostic has a code, which says what
 * it is about and never changes, and a place in an object, which the compiler knows the source of.
 */
final class LinkErrors {
  private LinkErrors() {}

  static List<Error> of(LinkException e, Map<String, Code> objects) {
    return e.diagnostics().stream()
        .filter(d -> d.severity() == Severity.ERROR)
        .map(d -> new Error(place(d.location(), objects), message(d)))
        .toList();
  }

  /** Null where the linker blames something that no source says. */
  private static Place place(Location at, Map<String, Code> objects) {
    Code code = objects.get(at.file());
    return code == null ? null : code.sites().get(new Code.Site(at.section(), at.offset()));
  }

  private static String message(Diagnostic d) {
    String symbol = d.location().symbol();
    if (d.code() == DiagnosticCode.UNDEFINED_SYMBOL) {
      return "main".equals(symbol)
          ? "the program has no function 'main'"
          : "no file of the program, nor a library, defines '" + symbol + "'" + hint(d);
    }
    if (d.code() == DiagnosticCode.DUPLICATE_SYMBOL) {
      return "'" + symbol + "' is defined by another file, too" + hint(d);
    }
    return d.text();
  }

  /** The linker's own remarks: who else, what could be meant. Only the error's place is known. */
  private static String hint(Diagnostic d) {
    List<String> lines = d.message().lines().skip(1).toList();
    boolean saysPlace = !lines.isEmpty() && lines.getFirst().startsWith(">>> referenced by");
    return String.join(
        "",
        lines.stream()
            .skip(saysPlace ? 1 : 0)
            .filter(l -> !l.startsWith(">>> defined again"))
            .map(l -> "\n" + l)
            .toList());
  }
}
