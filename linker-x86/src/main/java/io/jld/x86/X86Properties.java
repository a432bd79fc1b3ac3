package io.jld.x86;

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
 * The program properties, which have the numbers of amd64's (psABI, "Program Property").
 *
 * <p>{@code FEATURE_1_AND} has what all code of a program must be fit for: indirect branch tracking
 * (IBT: indirect jumps lead to {@code endbr32}) and shadow stacks. {@code ISA_1_NEEDED} and {@code
 * ISA_1_USED} name the levels of the instruction set. There is no linear address masking in 32-bit
 * mode.
 */
final class X86Properties {
  private static final int COMPAT_ISA_1_USED = 0xc0000000;
  private static final int COMPAT_ISA_1_NEEDED = 0xc0000001;
  private static final int UINT32_AND_LO = 0xc0000002;
  private static final int UINT32_AND_HI = 0xc0007fff;
  private static final int UINT32_OR_LO = 0xc0008000;
  private static final int UINT32_OR_HI = 0xc000ffff;
  private static final int UINT32_OR_AND_LO = 0xc0010000;
  private static final int UINT32_OR_AND_HI = 0xc0017fff;

  private static final int FEATURE_1_AND = UINT32_AND_LO;
  private static final int IBT = 1;
  private static final int SHSTK = 2;

  private static final int ISA_1_NEEDED = UINT32_OR_LO + 2;
  private static final int LEVELS = 15;

  static final Properties ALL =
      new Properties(
          List.of(
              new Range(COMPAT_ISA_1_USED, COMPAT_ISA_1_USED, Rule.OR_AND),
              new Range(COMPAT_ISA_1_NEEDED, COMPAT_ISA_1_NEEDED, Rule.OR),
              new Range(UINT32_AND_LO, UINT32_AND_HI, Rule.AND),
              new Range(UINT32_OR_LO, UINT32_OR_HI, Rule.OR),
              new Range(UINT32_OR_AND_LO, UINT32_OR_AND_HI, Rule.OR_AND)),
          List.of(
              feature("ibt", IBT),
              feature("shstk", SHSTK),
              level("x86-64-baseline", 1),
              level("x86-64-v2", 2),
              level("x86-64-v3", 4),
              level("x86-64-v4", 8)),
          List.of(
              new Report(
                  "cet-report",
                  FEATURE_1_AND,
                  List.of(new Bit(IBT, "IBT"), new Bit(SHSTK, "SHSTK")))));

  private X86Properties() {}

  private static Keyword feature(String keyword, int bits) {
    return new Keyword(keyword, FEATURE_1_AND, bits, bits);
  }

  private static Keyword level(String keyword, int bit) {
    return new Keyword(keyword, ISA_1_NEEDED, bit, LEVELS);
  }

  /** Whether the PLT's entries start with {@code endbr32}. */
  static boolean isIbt(Link ctxt) {
    return (ctxt.property(FEATURE_1_AND) & IBT) != 0
        || ctxt.option(LinkOption.Z_KEYWORDS).contains("ibtplt");
  }
}
