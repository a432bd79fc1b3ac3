package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of options and keywords. */
class OptTest {
  @Test
  void noNameStandsForTwoOptions() {
    Map<String, Opt> seen = new HashMap<>();
    for (Opt opt : Opt.all()) {
      for (String name : opt.names().split(" ")) {
        String plain =
            name.startsWith("--")
                ? name.substring(2)
                : name.length() > 2 ? name.substring(1) : name;
        assertNull(seen.put(plain, opt), name);
      }
    }
  }

  @Test
  void noKeywordStandsTwice() {
    Set<String> seen = new HashSet<>();
    for (ZKeyword z : ZKeyword.values()) {
      assertTrue(seen.add(z.keyword()), z.keyword());
    }
  }

  @Test
  void whatIsNotHonouredSaysWhy() {
    for (Opt opt : Opt.all()) {
      assertEquals(opt.status() == Status.HONOURED, opt.why().isEmpty(), opt.names());
      assertFalse(opt.help().isEmpty() || opt.help().endsWith("."), opt.names());
    }
    for (ZKeyword z : ZKeyword.values()) {
      assertEquals(z.status() == Status.HONOURED, z.why().isEmpty(), z.name());
    }
  }

  /** Every name of GNU ld 2.40's help for ELF. */
  @ParameterizedTest
  @ValueSource(
      strings =
          """
          -a -A --architecture -b --format -c --mri-script -d -dc -dp --dependency-file --force-group-allocation -e \
          --entry -E --export-dynamic --no-export-dynamic --enable-non-contiguous-regions \
          --enable-non-contiguous-regions-warnings -EB -EL -f --auxiliary -F --filter -g -G --gpsize -h -soname -I \
          --dynamic-linker --no-dynamic-linker -l --library -L --library-path --sysroot -m -M --print-map -n --nmagic -N \
          --omagic --no-omagic -o --output -O --out-implib -plugin -plugin-opt -flto -flto-partition -fuse-ld \
          --map-whole-files --no-map-whole-files -Qy -q --emit-relocs -r -i --relocatable -R --just-symbols -s --strip-all \
          -S --strip-debug --strip-discarded --no-strip-discarded -t --trace -T --script --default-script -dT -u \
          --undefined --require-defined --unique -Ur -v --version -V -x --discard-all -X --discard-locals --discard-none \
          -y --trace-symbol -Y -( --start-group -) --end-group --accept-unknown-input-arch --no-accept-unknown-input-arch \
          --as-needed --no-as-needed -assert -Bdynamic -dy -call_shared -Bstatic -dn -non_shared -static -Bno-symbolic \
          -Bsymbolic -Bsymbolic-functions --check-sections --no-check-sections --copy-dt-needed-entries \
          --no-copy-dt-needed-entries --cref --defsym --demangle --disable-multiple-abs-defs --embedded-relocs \
          --fatal-warnings --no-fatal-warnings -fini --force-exe-suffix --gc-sections --no-gc-sections \
          --print-gc-sections --no-print-gc-sections --gc-keep-exported --hash-size --help -init -Map \
          --no-define-common --no-demangle --no-keep-memory --no-undefined -w --no-warnings --allow-shlib-undefined \
          --no-allow-shlib-undefined --allow-multiple-definition --error-handling-script --undefined-version \
          --no-undefined-version --default-symver --default-imported-symver --no-warn-mismatch \
          --no-warn-search-mismatch --no-whole-archive --noinhibit-exec -nostdlib --oformat --print-output-format \
          --print-sysroot -qmagic --reduce-memory-overheads --max-cache-size --relax --no-relax --retain-symbols-file \
          -rpath -rpath-link -shared -Bshareable -pie --pic-executable -no-pie --sort-common --sort-section \
          --spare-dynamic-tags --split-by-file --split-by-reloc --stats --target-help --task-link --traditional-format \
          --section-start -Tbss -Tdata -Ttext -Ttext-segment -Trodata-segment -Tldata-segment --unresolved-symbols \
          --verbose --version-script --version-exports-section --dynamic-list-data --dynamic-list-cpp-new \
          --dynamic-list-cpp-typeinfo --dynamic-list --export-dynamic-symbol --export-dynamic-symbol-list --warn-common \
          --warn-constructors --warn-execstack --no-warn-execstack --warn-rwx-segments --no-warn-rwx-segments \
          --warn-multiple-gp --warn-once --warn-section-align --warn-textrel --warn-alternate-em \
          --warn-unresolved-symbols --error-unresolved-symbols --whole-archive --wrap --ignore-unresolved-symbol \
          --push-state --pop-state --print-memory-usage --orphan-handling --print-map-discarded \
          --no-print-map-discarded --ctf-variables --no-ctf-variables --ctf-share-types --ld-generated-unwind-info \
          --no-ld-generated-unwind-info --build-id --package-metadata --compress-debug-sections -z --audit -Bgroup \
          --disable-new-dtags --enable-new-dtags --eh-frame-hdr --no-eh-frame-hdr --exclude-libs --hash-style -P \
          --depaudit\
          """)
  void hasEveryOptionOfGnuLd(String names) {
    OptNames table = new OptNames();
    for (String name : names.split(" ")) {
      boolean isShort = name.length() == 2;
      Opt opt =
          isShort
              ? table.shortOpt(name.charAt(1))
              : table.longOpt(name.substring(name.startsWith("--") ? 2 : 1), true);
      assertTrue(opt != null, name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings =
          """
          common-page-size=1 max-page-size=1 defs undefs muldefs stack-size=1 execstack noexecstack unique-symbol \
          nounique-symbol globalaudit start-stop-gc nostart-stop-gc start-stop-visibility=hidden combreloc nocombreloc \
          global initfirst interpose unique nounique lazy loadfltr nocopyreloc nodefaultlib nodelete nodlopen nodump now \
          origin relro norelro separate-code noseparate-code common nocommon text notext textoff \
          noextern-protected-data indirect-extern-access noindirect-extern-access dynamic-undefined-weak \
          nodynamic-undefined-weak noreloc-overflow call-nop=prefix-nop ibtplt ibt shstk cet-report=none \
          report-relative-reloc x86-64-baseline x86-64-v2 x86-64-v3 x86-64-v4 lam-u48 lam-u48-report=none lam-u57 \
          lam-u57-report=none lam-report=none pack-relative-relocs nopack-relative-relocs\
          """)
  void hasEveryKeywordOfGnuLd(String keywords) {
    for (String keyword : keywords.split(" ")) {
      assertTrue(ZKeyword.of(keyword) != null, keyword);
    }
  }

  @Test
  void aKeywordsValueIsNeitherMissingNorTooMuch() {
    assertNull(ZKeyword.of("stack-size"));
    assertNull(ZKeyword.of("now=1"));
    assertNull(ZKeyword.of(""));
    assertSame(ZKeyword.STACK_SIZE, ZKeyword.of("stack-size="));
  }

  @ParameterizedTest
  @CsvSource({
    "gc-sectoins, gc-sections",
    "gcsections, gc-sections",
    "wholearchive, whole-archive",
    "no-whole-archiv, no-whole-archive",
    "buildid, build-id",
    "push-stat, push-state",
    "hash-stlye, hash-style",
    "rpath-lnik, rpath-link",
    "xyzzy,",
    "x,"
  })
  void findsTheNearestName(String misspelt, String nearest) {
    assertEquals(nearest, new OptNames().nearest(misspelt));
  }

  /** With {@code -Djld.test.args=-Djld.docs.write=true}, Maven writes the tables anew. */
  @Test
  void theDocumentationListsTheTable() throws IOException {
    Path file = Path.of("../docs/options.md");
    String doc = Files.readString(file);
    int tables = doc.indexOf("## " + Opt.Group.OUTPUT.title());
    assertTrue(tables > 0);
    if (Boolean.getBoolean("jld.docs.write")) {
      Files.writeString(file, doc.substring(0, tables) + OptionsPage.markdown());
      return;
    }
    assertEquals(
        OptionsPage.markdown(),
        doc.substring(tables),
        "to write it anew: -Djld.test.args=-Djld.docs.write=true");
  }
}
