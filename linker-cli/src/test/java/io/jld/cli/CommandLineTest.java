package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.Diagnostic;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  /** Options that every command line sets, with the values they have where nothing is asked for. */
  private static final List<String> QUIET = List.of("LIBRARY_PATH", "FALLBACK_ARCH");

  private static CommandLine parse(String... args) {
    return CommandLine.parse(args, Map.of());
  }

  private static LinkRequest request(String line) {
    CommandLine parsed = parse(line.split(" +"));
    assertEquals(List.of(), parsed.errors(), line);
    return parsed.request().build();
  }

  /**
   * The options of a request that differ from their standards, sorted by name: {@code NAME=value,
   * ...}.
   */
  private static String options(LinkRequest request) {
    Map<String, String> found = new TreeMap<>();
    for (Field field : LinkOption.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !QUIET.contains(field.getName())) {
        try {
          LinkOption<?> option = (LinkOption<?>) field.get(null);
          Object value = request.get(option);
          if (value != null && !value.equals(option.defaultValue())) {
            found.put(field.getName(), value.toString());
          }
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    String text = found.toString();
    return text.substring(1, text.length() - 1);
  }

  private static String inputs(LinkRequest request) {
    List<String> found = new ArrayList<>();
    for (InputSource input : request.inputs()) {
      found.add(
          switch (input) {
            case InputSource.OfPath p -> p.path() + flags(p.flags());
            case InputSource.OfLibrary l -> "-l" + l.name() + flags(l.flags());
            case InputSource.OfMemory m -> m.name();
            case InputSource.OfSupplier s -> s.name();
            case InputSource.Binary b -> "binary:" + b.path();
            case InputSource.JustSymbols j -> "symbols:" + j.path();
            case InputSource.MriScript s -> "mri:" + s.path() + flags(s.flags());
            case InputSource.Script s -> "script:" + s.path() + flags(s.flags());
            case InputSource.Defsym d -> d.symbol() + "=" + d.expression();
            case InputSource.Bracket b -> b.name().toLowerCase(Locale.ROOT);
          });
    }
    return String.join(" ", found);
  }

  /** One letter a flag: whole archive, as needed, static, dependencies. */
  private static String flags(InputFlags f) {
    String letters =
        (f.wholeArchive() ? "w" : "")
            + (f.asNeeded() ? "a" : "")
            + (f.staticOnly() ? "s" : "")
            + (f.copyDtNeeded() ? "d" : "");
    return letters.isEmpty() ? "" : "!" + letters;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a.o b.a                                      | a.o b.a
          a.o -lfoo -l:bar.a                           | a.o -lfoo -l:bar.a
          -N -lx --no-omagic -ly                       | -lx!s -ly
          a.o -b binary b.a -T c --format=default d.o  | a.o binary:b.a script:c d.o
          a.o -R pom.xml --just-symbols=pom.xml b.o    | a.o symbols:pom.xml symbols:pom.xml b.o
          a.o --whole-archive b.a --no-whole-archive c.a | a.o b.a!w c.a
          --as-needed -lx --no-as-needed -ly           | -lx!a -ly
          -Bstatic -lx -Bdynamic -ly                   | -lx!s -ly
          -dn -lx -dy -ly -non_shared -lz -call_shared -lc | -lx!s -ly -lz!s -lc
          -lx -static -ly -Bdynamic -lz                | -lx -ly!s -lz
          -static --push-state -Bdynamic -lx --pop-state -ly | -lx -ly!s
          --push-state -static -lx --pop-state -ly     | -lx!s -ly
          -a archive -lx -a shared -ly                 | -lx!s -ly
          --copy-dt-needed-entries -lx --no-copy-dt-needed-entries -ly | -lx!d -ly
          --push-state --as-needed -lgcc_s --pop-state -lc | -lgcc_s!a -lc
          --push-state -Bstatic --whole-archive --push-state --as-needed -la --pop-state -lb --pop-state -lc | -la!was -lb!ws -lc
          --start-group -la -lb --end-group            | group_start -la -lb group_end
          -( -la -lb -)                                | group_start -la -lb group_end
          --start-lib a.o b.o --end-lib c.o            | lib_start a.o b.o lib_end c.o
          -T x.ld a.o                                  | script:x.ld a.o
          --defsym=a=b+1 a.o --defsym a1=0x10          | a=b+1 a.o a1=0x10
          """)
  void inputsTakeTheStateAtTheirPlace(String line, String expected) {
    assertEquals(expected, inputs(request(line)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -pie                                | OUTPUT_KIND=PIE
          --pic-executable                    | OUTPUT_KIND=PIE
          -shared                             | OUTPUT_KIND=SHARED
          -Bshareable                         | OUTPUT_KIND=SHARED
          -pie -no-pie                        | ''
          -r                                  | OUTPUT_KIND=RELOCATABLE
          -i                                  | OUTPUT_KIND=RELOCATABLE
          --relocatable                       | OUTPUT_KIND=RELOCATABLE
          -Ur                                 | OUTPUT_KIND=RELOCATABLE
          -r -d                               | DEFINE_COMMON=true, OUTPUT_KIND=RELOCATABLE
          -r -dc                              | DEFINE_COMMON=true, OUTPUT_KIND=RELOCATABLE
          -r -dp                              | DEFINE_COMMON=true, OUTPUT_KIND=RELOCATABLE
          -r --force-group-allocation         | FORCE_GROUP_ALLOCATION=true, OUTPUT_KIND=RELOCATABLE
          -static -pie --no-dynamic-linker -z text -pie | NO_DYNAMIC_LINKER=true, OUTPUT_KIND=PIE, TEXT_RELOCATIONS=REFUSE
          --push-state -static --pop-state -pie | OUTPUT_KIND=PIE
          -e main                             | ENTRY=main
          -m elf_i386                         | EMULATION=elf_i386
          --oformat binary                    | OUTPUT_FORMAT=binary
          --build-id                          | BUILD_ID=fast
          --build-id=md5 --build-id=fast      | BUILD_ID=fast
          --build-id=tree                     | BUILD_ID=sha1
          --build-id=sha256                   | BUILD_ID=sha256
          --build-id=uuid                     | BUILD_ID=uuid
          --build-id --build-id=none          | ''
          --build-id=0x12ab                   | BUILD_ID=0x12ab
          --build-id=0X12-ab:cd               | BUILD_ID=0x12abcd
          --package-metadata={"a":"b"}        | PACKAGE_METADATA={"a":"b"}
          --compress-debug-sections=zlib      | COMPRESS_DEBUG_SECTIONS=ZLIB
          --compress-debug-sections=none      | ''
          --noinhibit-exec                    | NOINHIBIT_EXEC=true
          --sysroot=/x                        | SYSROOT=/x
          -u a -u b --undefined=c             | UNDEFINED=[a, b, c]
          --require-defined=a                 | REQUIRE_DEFINED=[a]
          --wrap malloc --wrap=free           | WRAP=[malloc, free]
          --no-undefined                      | UNRESOLVED=REPORT_ALL
          -z defs                             | UNRESOLVED=REPORT_ALL
          -z undefs                           | UNRESOLVED=IGNORE_IN_OBJECT_FILES
          --unresolved-symbols=ignore-all     | UNRESOLVED=IGNORE_ALL
          --unresolved-symbols=report-all     | ALLOW_SHLIB_UNDEFINED=false, UNRESOLVED=REPORT_ALL
          --unresolved-symbols=ignore-in-object-files | ALLOW_SHLIB_UNDEFINED=false, UNRESOLVED=IGNORE_IN_OBJECT_FILES
          --unresolved-symbols=ignore-in-shared-libs | UNRESOLVED=IGNORE_IN_SHARED_LIBS
          --warn-unresolved-symbols           | WARN_UNRESOLVED=true
          --ignore-unresolved-symbol=x        | IGNORE_UNRESOLVED=[x]
          --allow-shlib-undefined             | ALLOW_SHLIB_UNDEFINED=true
          --allow-multiple-definition         | ALLOW_MULTIPLE_DEFINITION=true
          -z muldefs                          | ALLOW_MULTIPLE_DEFINITION=true
          --no-undefined-version              | NO_UNDEFINED_VERSION=true
          -E                                  | EXPORT_DYNAMIC=true
          -export-dynamic --no-export-dynamic | ''
          --export-dynamic-symbol=a*          | EXPORT_DYNAMIC_SYMBOL=[a*]
          -Bsymbolic                          | SYMBOLIC=ALL
          -Bsymbolic-functions                | SYMBOLIC=FUNCTIONS
          -Bsymbolic -Bno-symbolic            | ''
          -shared --dynamic-list-data         | OUTPUT_KIND=SHARED, SYMBOLIC=ALL_BUT_DATA
          --dynamic-list-data                 | SYMBOLIC=ALL_BUT_DATA
          --exclude-libs=a.a,b.a:c.a --exclude-libs ALL | EXCLUDE_LIBS=[a.a, b.a, c.a, ALL]
          --gc-sections --print-gc-sections --gc-keep-exported | GC_KEEP_EXPORTED=true, GC_SECTIONS=true, PRINT_GC_SECTIONS=true
          --gc-sections --no-gc-sections      | ''
          --icf=all --keep-unique=a --keep-unique b | ICF=ALL, KEEP_UNIQUE=[a, b]
          --icf=safe --print-icf-sections     | ICF=SAFE, PRINT_ICF_SECTIONS=true
          --icf=all --icf=none --print-icf-sections --no-print-icf-sections | ''
          --ignore-data-address-equality --ignore-function-address-equality | IGNORE_DATA_ADDRESS_EQUALITY=true, IGNORE_FUNCTION_ADDRESS_EQUALITY=true
          --no-relax                          | RELAX=false
          -O2                                 | OPTIMIZE=2
          -s                                  | STRIP=ALL
          -S                                  | STRIP=DEBUG
          -N                                  | MAGIC=OMAGIC
          --nmagic                            | MAGIC=NMAGIC
          -N --no-omagic                      | ''
          -Trodata-segment=1000               | RODATA_SEGMENT=4096
          --default-symver                    | DEFAULT_SYMVER=true
          --default-imported-symver           | DEFAULT_IMPORTED_SYMVER=true
          --sort-common                       | SORT_COMMON=DESCENDING
          --sort-common=ascending             | SORT_COMMON=ASCENDING
          -shared --no-define-common          | NO_DEFINE_COMMON=true, OUTPUT_KIND=SHARED
          --unique --unique=.x                | UNIQUE=[, .x]
          --disable-multiple-abs-defs         | DISABLE_MULTIPLE_ABS_DEFS=true
          --no-ld-generated-unwind-info       | PLT_UNWIND_INFO=false
          -s --retain-symbols-file=/dev/null  | RETAIN_SYMBOLS=[]
          --retain-symbols-file=/dev/null -s  | STRIP=ALL
          -x                                  | DISCARD=ALL
          -X                                  | DISCARD=LOCALS
          --discard-none                      | DISCARD=NONE
          -q                                  | EMIT_RELOCS=true
          --image-base=0x10000                | IMAGE_BASE=65536
          -Ttext-segment=10000                | IMAGE_BASE=65536
          -Ttext 10000 -Tdata=0x20000 -Tbss ffffffff80000000 | SECTION_START={.text=65536, .data=131072, .bss=-2147483648}
          --section-start=.foo=1000           | SECTION_START={.foo=4096}
          -dynamic-linker /ld.so              | DYNAMIC_LINKER=/ld.so
          -soname libx.so.1                   | SONAME=libx.so.1
          -rpath a -rpath=b:c -R d            | RPATH=[a, b:c, d]
          -rpath-link a                       | RPATH_LINK=[a]
          --enable-new-dtags                  | ''
          --disable-new-dtags                 | NEW_DTAGS=false
          --hash-style=gnu                    | HASH_STYLE=GNU
          --hash-style=sysv                   | HASH_STYLE=SYSV
          --hash-style=both                   | ''
          --eh-frame-hdr                      | EH_FRAME_HDR=true
          -shared -f a -F b                   | AUXILIARY=[a], FILTER=[b], OUTPUT_KIND=SHARED
          --audit=a -P b --depaudit=c         | AUDIT=[a], DEPAUDIT=[b, c]
          -init i -fini f                     | FINI=f, INIT=i
          -z now                              | BIND_NOW=true
          -z now -z lazy                      | ''
          -z norelro                          | RELRO=false
          -z noseparate-code                  | SEPARATE_CODE=false
          -z execstack                        | EXEC_STACK=true
          -z noexecstack                      | EXEC_STACK=false
          -z stack-size=0x100000              | STACK_SIZE=1048576
          -z text                             | TEXT_RELOCATIONS=REFUSE
          -z notext                           | TEXT_RELOCATIONS=ALLOW
          --warn-textrel                      | TEXT_RELOCATIONS=WARN
          -z max-page-size=4096 -z common-page-size=0x1000 | COMMON_PAGE_SIZE=4096, MAX_PAGE_SIZE=4096
          -z start-stop-gc                    | START_STOP_GC=true
          -z pack-relative-relocs             | PACK_RELATIVE_RELOCS=true
          --pack-dyn-relocs=android           | PACK_ANDROID=true
          --pack-dyn-relocs=android+relr      | PACK_ANDROID=true, PACK_RELATIVE_RELOCS=true
          --use-android-relr-tags             | ANDROID_RELR_TAGS=true
          --shuffle-sections=.t*=7            | 'SHUFFLE_SECTIONS=[Shuffle[glob=.t*, seed=7]]'
          --shuffle-sections=5                | 'SHUFFLE_SECTIONS=[Shuffle[glob=*, seed=5]]'
          --no-warn-symbol-ordering           | WARN_SYMBOL_ORDERING=false
          --version-exports-section=V1        | VERSION_EXPORTS_SECTION=V1
          -z indirect-extern-access           | Z_KEYWORDS=[indirect-extern-access]
          --warn-backrefs --check-dynamic-relocations | ''
          --no-rosegment                      | ROSEGMENT=false
          -z noseparate-code -z separate-loadable-segments | ''
          -z nognustack -z rodynamic -z nosectionheader | GNU_STACK=false, READ_ONLY_DYNAMIC=true, SECTION_HEADERS=false
          --spare-dynamic-tags=3              | SPARE_DYNAMIC_TAGS=3
          --undefined-glob=f*                 | UNDEFINED_GLOB=[f*]
          --warn-rwx-segments                 | WARN_RWX_SEGMENTS=true
          -Bsymbolic-non-weak                 | SYMBOLIC=NON_WEAK
          -Bsymbolic-non-weak-functions       | SYMBOLIC=NON_WEAK_FUNCTIONS
          -z origin -z nodelete               | Z_KEYWORDS=[origin, nodelete]
          -z unique -z nounique               | Z_KEYWORDS=[nounique]
          -z cet-report=warning -z cet-report=error | Z_KEYWORDS=[cet-report=error]
          -z ibt -z ibt                       | Z_KEYWORDS=[ibt]
          -z combreloc -z nounique-symbol -z x86-64-v2 | Z_KEYWORDS=[x86-64-v2]
          -t                                  | TRACE=FILES
          -t --trace                          | TRACE=MEMBERS
          -t --verbose -t                     | TRACE=TRIES
          -y a -y b                           | TRACE_SYMBOL=[a, b]
          --cref                              | CREF=true
          --no-print-map-discarded            | MAP_DISCARDED=false
          --no-print-map-discarded --print-map-discarded | ''
          --why-live=main                     | WHY_LIVE=[main]
          --print-blocks                      | PRINT_BLOCKS=true
          --time-trace=f                      | TIME_TRACE=true
          --fatal-warnings                    | FATAL_WARNINGS=true
          --fatal-warnings --no-fatal-warnings | ''
          -w                                  | NO_WARNINGS=true
          --warn-common                       | WARN_COMMON=true
          --warn-execstack                    | WARN_EXECSTACK=true
          --error-limit=0                     | ERROR_LIMIT=0
          --no-demangle                       | DEMANGLE=false
          --no-demangle --demangle=gnu-v3     | ''
          """)
  void optionsOfTheLink(String line, String expected) {
    assertEquals(expected, options(request(line + " a.o")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                    | ''
          -M                    | -
          -M -Map=x.map         | x.map
          -Map=x.map -M         | -
          -o dir/x -Map=%       | dir/x.map
          -o dir/x -Map=%.txt   | dir/x.txt
          -o dir/x -Map=maps/   | maps/x.map
          -o dir/x -Map .       | ./x.map
          """)
  void linkMap(String line, String file) {
    assertEquals(file, parse((line + " a.o").strip().split(" +")).map());
  }

  @Test
  void dependencyFile() {
    assertEquals("x.d", parse("--dependency-file=x.d", "a.o").dependencyFile());
    assertEquals("", parse("a.o").dependencyFile());
  }

  @Test
  void whatNobodySaysIsForThisMachine() {
    assertEquals(
        System.getProperty("os.arch"), request("-lm").get(LinkOption.FALLBACK_ARCH), "as GNU ld");
    assertEquals("", request("-lm").arch());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-flto -fuse-ld=bfd",
        "-A i386 -EL -g -G 8 -assert pure-text -Qy -qmagic",
        "--no-keep-memory --reduce-memory-overheads --max-cache-size=10 --hash-size=100"
            + " --map-whole-files",
        "--sort-section=none --orphan-handling=place --no-ctf-variables" + " --warn-once",
        "--format=default -b default --icf=none --color-diagnostics=auto --threads"
      })
  void ignoresWhatIsRightToIgnore(String line) {
    assertEquals("", options(request(line + " a.o")));
    assertEquals(List.of(), parse((line + " a.o").split(" +")).warnings());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -z noreloc-overflow         | option '-z noreloc-overflow' is not supported: the program would jump or read at random
          --icf=x                     | invalid value 'x' for '--icf': one of all, safe, none
          --sort-section=x            | invalid value 'x' for '--sort-section': one of name, alignment, none
          --orphan-handling=x         | invalid value 'x' for '--orphan-handling': one of place, warn, error, discard
          --no-define-common          | --no-define-common may not be used without -shared
          --sort-common=x             | invalid value 'x' for '--sort-common': one of ascending, descending
          --retain-symbols-file=/no/x | /no/x: no such file (--retain-symbols-file)
          -b srec                     | input format 'srec' is not supported: binary and the ELF formats are
          -b binary -lc               | '-l c' after --format=binary: --format=default must stand between them
          --hash-style=x              | invalid value 'x' for '--hash-style': one of sysv, gnu, both
          --unresolved-symbols=x      | invalid value 'x' for '--unresolved-symbols': one of ignore-all, report-all, ignore-in-object-files, ignore-in-shared-libs
          -a x                        | invalid value 'x' for '-a': one of archive, shared, default
          -z max-page-size=3          | invalid maximum page size '3': not a power of two
          -z max-page-size=0          | invalid maximum page size '0': not a power of two
          -z stack-size=x             | invalid stack size 'x'
          -z start-stop-visibility=x  | invalid value in '-z start-stop-visibility=x': one of default, protected, hidden, internal
          -Ttext xyz                  | invalid hex number 'xyz' for -Ttext
          -Ttext=0x                   | invalid hex number '0x' for -Ttext
          -Ttext 10000000000000000    | invalid hex number '10000000000000000' for -Ttext
          --section-start=.text       | invalid --section-start '.text': SECTION=ADDRESS
          --defsym=x                  | invalid --defsym 'x': SYMBOL=EXPRESSION
          --defsym==1                 | invalid --defsym '=1': SYMBOL=EXPRESSION
          --build-id=0x123            | invalid --build-id '0x123': not a whole number of bytes
          --build-id=0x               | invalid --build-id '0x': not a whole number of bytes
          --build-id=0x1g             | invalid --build-id '0x1g': not a hexadecimal number
          -O fast                     | invalid level for -O 'fast'
          --threads=0                 | invalid number of threads '0'
          --threads=+2                | invalid number of threads '+2'
          --error-limit=-1            | invalid number for --error-limit '-1'
          --end-group                 | --end-group without --start-group
          -( -(                       | a group inside of a group: --end-group is missing before --start-group
          --end-lib                   | --end-lib without --start-lib
          --pop-state                 | --pop-state without --push-state
          -r -shared                  | -r and -shared may not be used together
          -r -pie                     | -r and -pie may not be used together
          -f x                        | -f may not be used without -shared
          -F x                        | -F may not be used without -shared
          --version-script=/no/such   | /no/such: no such file (--version-script)
          --version-script=/dev/zero  | /dev/zero: cannot be read: longer than 64 MiB (--version-script)
          --dynamic-list=/dev/zero    | /dev/zero: cannot be read: longer than 64 MiB (--dynamic-list)
          --export-dynamic-symbol-list=/dev/zero | /dev/zero: cannot be read: longer than 64 MiB (--export-dynamic-symbol-list)
          --retain-symbols-file=/dev/zero | /dev/zero: cannot be read: longer than 64 MiB (--retain-symbols-file)
          """)
  void refuses(String line, String message) {
    assertEquals(List.of(message), messages(parse((line + " a.o").split(" +")).errors()));
  }

  private static List<String> messages(List<Diagnostic> diagnostics) {
    return diagnostics.stream().map(Diagnostic::message).toList();
  }

  @Test
  void reportsNothingThatOnlyFollows() {
    assertEquals(
        List.of("unrecognized option '-rpth'; did you mean --rpath?"),
        messages(parse("-pie", "-rpth", "a.o").errors()));
  }

  @Test
  void reportsSeveralErrors() {
    assertEquals(3, parse("--foo", "-z", "max-page-size=3", "--bar", "a.o").errors().size());
  }

  @Test
  void warnsAsGnuLdDoes() {
    assertEquals(
        List.of("unknown -z option ignored: foo"), messages(parse("-z", "foo", "a.o").warnings()));
    assertEquals(
        List.of("unknown -z option ignored: now=1"),
        messages(parse("-z", "now=1", "a.o").warnings()));
    assertEquals(
        List.of("unknown --build-id style ignored: x"),
        messages(parse("--build-id=x", "a.o").warnings()));
    assertEquals(
        List.of("--end-group is missing; it is put at the end of the command line"),
        messages(parse("--start-group", "a.o").warnings()));
    assertEquals("group_start a.o group_end", inputs(request("--start-group a.o")));
    assertEquals(List.of(), parse("-z", "foo", "-w", "a.o").warnings());
  }

  @Test
  void theOutputIsAOutByDefault() {
    assertEquals(OutputSink.path(Path.of("a.out")), request("a.o").output());
    assertEquals(OutputSink.path(Path.of("x")), request("-o y a.o -o x").output());
    assertEquals(List.of("a file without a name"), messages(parse("a.o", "-o", "").errors()));
    assertEquals(1, parse("a\0.o").errors().size());
  }

  @Test
  void architectureByNameOrEmulation() {
    assertEquals("x86", request("--arch x86 a.o").arch());
    assertEquals("amd64", request("--arch=amd64 -m elf_x86_64 a.o").arch());
    assertEquals("", request("a.o").arch());
    LinkRequest byEnvironment =
        CommandLine.parse(new String[] {"a.o"}, Map.of("LDEMULATION", "elf_i386"))
            .request()
            .build();
    assertEquals("elf_i386", byEnvironment.get(LinkOption.EMULATION));
  }

  @Test
  void threads() {
    assertEquals(3, request("--threads=3 a.o").threads());
    assertEquals(5, request("--thread-count 5 a.o").threads());
    assertEquals(1, request("--no-threads a.o").threads());
    assertEquals(Runtime.getRuntime().availableProcessors(), request("--threads a.o").threads());
  }

  @Test
  void standardDirectoriesComeLast() {
    List<String> dirs = request("-m elf_i386 -L a a.o -Lb -Y P,c:d").get(LinkOption.LIBRARY_PATH);
    assertEquals(List.of("a", "b", "c", "d", "=/usr/local/lib/i386-linux-gnu"), dirs.subList(0, 5));
    assertEquals("=/usr/lib", dirs.getLast());
    assertTrue(
        request("-m elf_x86_64 a.o")
            .get(LinkOption.LIBRARY_PATH)
            .contains("=/usr/lib/x86_64-linux-gnu"));
    assertEquals(List.of("a"), request("-L a -nostdlib a.o").get(LinkOption.LIBRARY_PATH));
  }

  @Test
  void environment() {
    Map<String, String> env = Map.of("LD_RUN_PATH", "/x", "COLLECT_NO_DEMANGLE", "");
    LinkRequest request = CommandLine.parse(new String[] {"a.o"}, env).request().build();
    assertEquals(List.of("/x"), request.get(LinkOption.RPATH));
    assertFalse(request.get(LinkOption.DEMANGLE));
    String[] args = {"a.o", "-rpath", "/y", "--demangle"};
    request = CommandLine.parse(args, env).request().build();
    assertEquals(List.of("/y"), request.get(LinkOption.RPATH));
    assertTrue(request.get(LinkOption.DEMANGLE));
  }

  @Test
  void readsScripts(@TempDir Path dir) throws IOException {
    Path versions = Files.writeString(dir.resolve("v.map"), "{ global: é; local: *; };");
    Path list = Files.writeString(dir.resolve("list"), "{ a; };");
    LinkRequest request =
        request("--version-script=" + versions + " --export-dynamic-symbol-list=" + list + " a.o");
    LinkOption.Script script = request.get(LinkOption.VERSION_SCRIPT).getFirst();
    assertEquals(versions.toString(), script.name());
    assertEquals("{ global: é; local: *; };", script.text());
    assertEquals("{ a; };", request.get(LinkOption.EXPORT_DYNAMIC_SYMBOL_LIST).getFirst().text());

    request = request("--dynamic-list=list --dynamic-list-cpp-new -L " + dir + " a.o");
    assertEquals(
        2, request.get(LinkOption.DYNAMIC_LIST).size(), "the file is found in -L's directory");
  }

  @Test
  void informationInPlaceOfALink() {
    assertEquals(CommandLine.Action.HELP, parse("--help", "--nonsense").action());
    assertEquals(CommandLine.Action.VERSION, parse("--version").action());
    assertEquals(CommandLine.Action.TARGET_HELP, parse("--target-help").action());
    assertEquals(CommandLine.Action.LINK, parse("-v", "a.o").action());
    assertTrue(parse("-v").isWithoutInputs());
    assertFalse(parse("-v", "-lc").isWithoutInputs());
  }

  @Test
  void whatGccPassesForAStaticProgram() {
    LinkRequest request =
        request(
            "-plugin /usr/lib/gcc/liblto_plugin.so -plugin-opt=/usr/lib/gcc/lto-wrapper"
                + " -plugin-opt=-fresolution=/tmp/x.res -plugin-opt=-pass-through=-lgcc --build-id"
                + " -m elf_x86_64 --hash-style=gnu --as-needed -static -o hello crt1.o crti.o"
                + " crtbeginT.o -L/usr/lib/gcc -L/lib/../lib hello.o --start-group -lgcc -lgcc_eh"
                + " -lc --end-group crtend.o crtn.o");
    assertEquals(
        "crt1.o!as crti.o!as crtbeginT.o!as hello.o!as group_start -lgcc!as -lgcc_eh!as -lc!as"
            + " group_end crtend.o!as crtn.o!as",
        inputs(request));
    assertEquals(
        "BUILD_ID=fast, EMULATION=elf_x86_64, HASH_STYLE=GNU,"
            + " PLUGIN={/usr/lib/gcc/liblto_plugin.so=[/usr/lib/gcc/lto-wrapper,"
            + " -fresolution=/tmp/x.res, -pass-through=-lgcc]}",
        options(request));
    assertEquals(OutputKind.EXECUTABLE, request.get(LinkOption.OUTPUT_KIND));
  }

  @Test
  void everyHonouredOptionIsHandled(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "{ a; };");
    for (Opt opt : Opt.all()) {
      if (opt.status() != Status.REFUSED) {
        String name = opt.names().split(" ")[0].replace("!", "");
        for (String value :
            List.of(
                "1",
                "a=1",
                "none",
                "all",
                "gnu",
                "archive",
                "default",
                "ignore-all",
                "auto",
                "" + file)) {
          if (!opt.takesValue()) {
            parse(name, "a.o"); // must not throw
          } else if (opt.valueIsOptional()) {
            parse(name, "a.o");
            parse(name + "=" + value, "a.o");
          } else {
            parse(name, value, "a.o");
          }
        }
      }
    }
  }
}
