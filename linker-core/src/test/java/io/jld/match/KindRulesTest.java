package io.jld.match;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.builtin.DefaultPlan;
import io.jld.builtin.Machine;
import io.jld.input.SectionKind;
import io.jld.plan.InputSections;
import io.jld.plan.LayoutPlan;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.Statement;
import io.jld.script.InputScript;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rule that goes by a section's kind is the one that goes by its name. */
class KindRulesTest {
  /** Names of each kind: what the family says, and what compilers put after it. */
  private static final Map<SectionKind, List<String>> NAMES =
      Map.ofEntries(
          Map.entry(SectionKind.TEXT, List.of(".text", ".text.f", ".text.hotel", ".text.f.cold")),
          Map.entry(SectionKind.TEXT_HOT, List.of(".text.hot", ".text.hot.f")),
          Map.entry(SectionKind.TEXT_UNLIKELY, List.of(".text.unlikely", ".text.unlikely.f")),
          Map.entry(SectionKind.RODATA, List.of(".rodata", ".rodata.str1.1")),
          Map.entry(
              SectionKind.DATA, List.of(".data", ".data.v", ".data.rel.v", ".data.rel.roman")),
          Map.entry(SectionKind.DATA_REL_RO, List.of(".data.rel.ro", ".data.rel.ro.local.v")),
          Map.entry(SectionKind.BSS, List.of(".bss", ".bss.v")),
          Map.entry(SectionKind.BSS_REL_RO, List.of(".bss.rel.ro", ".bss.rel.ro.v")),
          Map.entry(SectionKind.COMMENT, List.of(".comment")),
          Map.entry(SectionKind.EH_FRAME, List.of(".eh_frame")));

  private static List<Matching.Rule> rules(LayoutPlan plan) {
    List<Matching.Rule> rules = new ArrayList<>();
    int section = 0;
    for (Statement s : plan.statements()) {
      if (s instanceof OutputSectionStatement o) {
        for (Statement b : o.body()) {
          if (b instanceof InputSections i) {
            rules.add(new Matching.Rule(section, i));
          }
        }
        section++;
      }
    }
    return rules;
  }

  private static List<Matching.Rule> rules(String sections) {
    return rules(InputScript.parse("test.ld", "SECTIONS { " + sections + " }").plan());
  }

  private static KindRules byKind(List<Matching.Rule> rules) {
    boolean[] wanted = new boolean[rules.size() + 1];
    Arrays.fill(wanted, true);
    return new KindRules(rules, wanted);
  }

  /** What goes by kind agrees with what goes by name; how many kinds do so. */
  private static int agree(List<Matching.Rule> rules) {
    KindRules byKind = byKind(rules);
    RuleIndex byName = new RuleIndex(rules);
    int[] count = {0};
    NAMES.forEach(
        (kind, names) -> {
          int r = byKind.of(kind);
          if (r != KindRules.BY_NAME) {
            count[0]++;
            for (String name : names) {
              int[] found = byName.candidates(name);
              int[] first = found.length == 0 ? found : new int[] {found[0]};
              assertArrayEquals(r < 0 ? new int[0] : new int[] {r}, first, kind + " " + name);
            }
          }
        });
    return count[0];
  }

  /** No name has to be looked at for the sections that nearly all of a link are. */
  @Test
  void builtIn() {
    Machine machine = new Machine(8, ".rela", 0x400000, 4096, false);
    LayoutPlan plan = DefaultPlan.of(machine, o -> o.defaultValue(), false);
    assertEquals(NAMES.size(), agree(rules(plan)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TEXT     | true  | .a : { *(.text .text.*) }
          TEXT     | false | .a : { *(.text) } .b : { *(.text.*) }
          TEXT     | false | .a : { *(.text.f) } .b : { *(.text .text.*) }
          TEXT     | false | .a : { *(.text.*_unlikely) } .b : { *(.text .text.*) }
          TEXT     | true  | .a : { *(.text.hot .text.hot.*) } .b : { *(.text .text.*) }
          TEXT_HOT | true  | .a : { *(.text.hot .text.hot.*) } .b : { *(.text .text.*) }
          TEXT_HOT | true  | .a : { *(.text .text.*) } .b : { *(.text.hot .text.hot.*) }
          TEXT_HOT | false | .a : { *(.text.h?t) } .b : { *(.text .text.*) }
          TEXT     | true  | .a : { *(.t*) }
          TEXT     | true  | .a : { *(*) }
          TEXT     | false | .a : { *.o }
          TEXT     | false | .a : { *.o(.data) *.o(.text .text.*) }
          TEXT     | false | .a : { *(EXCLUDE_FILE(x.o) .text .text.*) }
          TEXT     | false | .a : { INPUT_SECTION_FLAGS(SHF_WRITE) *(.text .text.*) }
          DATA     | true  | .a : { *(.data.rel.ro .data.rel.ro.*) } .b : { *(.data .data.*) }
          DATA     | true  | .a : { *(.data.rel.ro.local*) } .b : { *(.data .data.*) }
          DATA_REL_RO | false | .a : { *(.data.rel.ro.local*) } .b : { *(.data .data.*) }
          DATA_REL_RO | true  | .a : { *(.data .data.*) }
          EH_FRAME | true  | .a : { *(.eh_frame) }
          EH_FRAME | true  | .a : { *(.eh_frame.*) } .b : { *(.eh_frame) }
          COMMENT  | true  | .a : { *(.text) }
          """)
  void byKindOrByName(SectionKind kind, boolean byKind, String sections) {
    List<Matching.Rule> rules = rules(sections);
    agree(rules);
    assertEquals(byKind, byKind(rules).of(kind) != KindRules.BY_NAME, sections);
  }

  /** What an output section that is not wanted would take is left for others. */
  @Test
  void unwanted() {
    List<Matching.Rule> rules = rules(".a : { *(.text .text.*) } .b : { *(.text .text.*) }");
    assertEquals(1, new KindRules(rules, new boolean[] {false, true}).of(SectionKind.TEXT));
    assertTrue(new KindRules(rules, new boolean[2]).of(SectionKind.TEXT) == Matching.ORPHAN);
  }
}
