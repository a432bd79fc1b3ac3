package io.jld.examples.aarch64;

import io.jld.arch.Properties;
import io.jld.arch.Properties.Bit;
import io.jld.arch.Properties.Keyword;
import io.jld.arch.Properties.Range;
import io.jld.arch.Properties.Report;
import io.jld.arch.Properties.Rule;
import io.jld.asmb.Link;
import io.jld.link.LinkOption;
import java.util.List;

/**
 * The program properties (psABI, "Program Property"): what all code of an output is fit for.
 *
 * <p>BTI: indirect branches lead to instructions that allow it ({@code bti}). PAC: return addresses
 * are signed. The first decides about the form of the PLT; a PLT that authenticates what it loads
 * is asked for by {@code -z pac-plt} alone, since the loader has to sign it then.
 */
final class Aarch64Properties {
  private static final int FEATURE_1_AND = 0xc0000000;
  private static final int BTI = 1;
  private static final int PAC = 2;

  static final Properties ALL =
      new Properties(
          List.of(new Range(FEATURE_1_AND, FEATURE_1_AND, Rule.AND)),
          List.of(
              new Keyword("force-bti", FEATURE_1_AND, BTI, BTI),
              new Keyword("pac-plt", FEATURE_1_AND, 0, 0)), // no bit: only the PLT's form
          List.of(
              new Report("bti-report", FEATURE_1_AND, List.of(new Bit(BTI, "BTI"))),
              new Report("pauth-report", FEATURE_1_AND, List.of(new Bit(PAC, "PAC")))));

  private Aarch64Properties() {}

  static boolean isBti(Link ctxt) {
    return (ctxt.property(FEATURE_1_AND) & BTI) != 0;
  }

  static boolean isPacPlt(Link ctxt) {
    return ctxt.option(LinkOption.Z_KEYWORDS).contains("pac-plt");
  }
}
