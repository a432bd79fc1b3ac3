package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgScannerTest {
  /** The scan as text: {@code OPT}, {@code OPT=value}, or {@code <input>}. */
  private static String scan(String... args) {
    ArgScanner scanner = new ArgScanner(args);
    List<String> found = new ArrayList<>();
    while (scanner.advance()) {
      String value = scanner.value();
      if (scanner.opt() == null) {
        found.add("<" + value + ">");
      } else {
        found.add(value == null ? scanner.opt().toString() : scanner.opt() + "=" + value);
      }
    }
    return String.join(" ", found);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # short options: attached, separate, several in one
          -o x                      | OUTPUT=x
          -ox                       | OUTPUT=x
          -o=x                      | OUTPUT==x
          -omagic                   | OUTPUT=magic
          -oformat                  | OUTPUT=format
          -output                   | OUTPUT=utput
          --omagic                  | OMAGIC
          --output x                | OUTPUT=x
          --output=x                | OUTPUT=x
          --oformat binary          | OFORMAT=binary
          -Sx                       | STRIP_DEBUG DISCARD_ALL
          -stx                      | STRIP_ALL TRACE DISCARD_ALL
          -rlfoo                    | RELOCATABLE LIBRARY=foo
          -e main                   | ENTRY=main
          -emain                    | ENTRY=main
          -e=main                   | ENTRY==main
          -m elf_i386               | EMULATION=elf_i386
          -melf_i386                | EMULATION=elf_i386
          -map-whole-files          | EMULATION=ap-whole-files
          -mri-script=x             | EMULATION=ri-script=x
          -z now                    | Z=now
          -znow                     | Z=now
          -zmax-page-size=4096      | Z=max-page-size=4096
          -O2                       | OPTIMIZE=2
          -O 2                      | OPTIMIZE=2
          -u x                      | UNDEFINED=x
          -u__llvm_profile_runtime  | UNDEFINED=__llvm_profile_runtime
          -undefined x              | UNDEFINED=x
          -undefined-version        | UNDEFINED=ndefined-version
          --undefined-version       | UNDEFINED_VERSION
          -h lib.so                 | SONAME=lib.so
          -hello.so                 | SONAME=ello.so
          -L/usr/lib                | LIBRARY_PATH=/usr/lib
          -L /usr/lib               | LIBRARY_PATH=/usr/lib
          -T script.ld              | SCRIPT=script.ld
          -Tscript.ld               | SCRIPT=script.ld
          -Ttext=0x1000             | TTEXT=0x1000
          -Ttext 0x1000             | TTEXT=0x1000
          -Ttext-segment=0x1000     | TTEXT_SEGMENT=0x1000
          -y sym                    | TRACE_SYMBOL=sym
          -R dir                    | JUST_SYMBOLS=dir
          -( -lc -)                 | START_GROUP LIBRARY=c END_GROUP
          # libraries, even those that look like --library
          -lc                       | LIBRARY=c
          -l c                      | LIBRARY=c
          -l:libc.a                 | LIBRARY=:libc.a
          -library                  | LIBRARY=ibrary
          --library=c               | LIBRARY=c
          -library-path=x           | LIBRARY=ibrary-path=x
          --library-path=x          | LIBRARY_PATH=x
          # long options: one dash or two, value attached or separate
          -shared                   | SHARED
          --shared                  | SHARED
          -soname x                 | SONAME=x
          -soname=x                 | SONAME=x
          --soname=x                | SONAME=x
          -static                   | BSTATIC
          -Bstatic                  | BSTATIC
          -dn -dy -dp               | BSTATIC BDYNAMIC DEFINE_COMMON
          -d                        | DEFINE_COMMON
          -dynamic-linker /ld.so    | DYNAMIC_LINKER=/ld.so
          --dynamic-linker=/ld.so   | DYNAMIC_LINKER=/ld.so
          -I/ld.so                  | DYNAMIC_LINKER=/ld.so
          -plugin x -plugin-opt=-y  | PLUGIN=x PLUGIN_OPT=-y
          -plugin-opt=mcpu=x86-64   | PLUGIN_OPT=mcpu=x86-64
          -fuse-ld=gold             | FUSE_LD=gold
          -flto                     | FLTO
          -flto=4                   | FLTO=4
          -f libx.so                | AUXILIARY=libx.so
          -flib                     | AUXILIARY=lib
          -export-dynamic           | EXPORT_DYNAMIC
          -E -EL                    | EXPORT_DYNAMIC EL
          --build-id                | BUILD_ID
          --build-id=sha1           | BUILD_ID=sha1
          --build-id x.o            | BUILD_ID <x.o>
          --defsym a=b              | DEFSYM=a=b
          --defsym=a=b              | DEFSYM=a=b
          --hash-style=gnu          | HASH_STYLE=gnu
          --compress-debug-sections zlib | COMPRESS_DEBUG=zlib
          -v -V -version --version  | V V_EMULATIONS VERSION VERSION
          -qmagic                   | QMAGIC
          -q                        | EMIT_RELOCS
          -rpath x -rpath-link y    | RPATH=x RPATH_LINK=y
          # abbreviations
          --gc-sec                  | GC_SECTIONS
          -gc-sec                   | GC_SECTIONS
          --push                    | PUSH_STATE
          --reloc                   | RELOCATABLE
          -whole                    | WHOLE_ARCHIVE
          --dynamic-linke=x         | DYNAMIC_LINKER=x
          -sh                       | SHARED
          # -G is small data with a number, and -shared without
          -G 8                      | GPSIZE=8
          -G8                       | GPSIZE=8
          -G x.o                    | SHARED <x.o>
          -G                        | SHARED
          # inputs
          x.o - y.o                 | <x.o> <-> <y.o>
          x.o -- -y.o               | <x.o> <-y.o>
          """)
  void cutsTheLine(String line, String expected) {
    assertEquals(expected, scan(line.split(" +")));
  }

  @Test
  void anEmptyValueIsAValue() {
    assertEquals("SONAME= SYSROOT= <>", scan("-soname", "", "--sysroot=", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --gc-sectoins    | unrecognized option '--gc-sectoins'; did you mean --gc-sections?
          --gcsections     | unrecognized option '--gcsections'; did you mean --gc-sections?
          -Wl              | unrecognized option '-Wl'
          --no-such-thing  | unrecognized option '--no-such-thing'
          --verzion=3      | unrecognized option '--verzion=3'; did you mean --version?
          -sW              | unrecognized option '-sW'
          -o               | option '-o' needs a value
          --soname         | option '--soname' needs a value
          --shared=yes     | option '--shared' does not allow a value: --shared=yes
          --rp x           | option '--rp' is ambiguous: --rpath, --rpath-link
          """)
  void saysWhatIsWrong(String line, String message) {
    UsageException e = assertThrows(UsageException.class, () -> scan(line.split(" +")));
    assertEquals(message, e.getMessage());
  }

  @Test
  void goesOnBehindAnError() {
    ArgScanner scanner = new ArgScanner(new String[] {"-sW", "-o", "x"});
    assertTrue(scanner.advance());
    assertThrows(UsageException.class, scanner::advance);
    assertTrue(scanner.advance());
    assertEquals(OutputOpt.OUTPUT, scanner.opt());
  }

  @Test
  void knowsEveryNameOfTheTable() {
    for (Opt opt : Opt.all()) {
      for (String name : opt.names().split(" ")) {
        String given = name.endsWith("!") ? name.substring(0, name.length() - 1) : name;
        String[] args =
            opt.takesValue() && !opt.valueIsOptional()
                ? new String[] {given, "1"}
                : new String[] {given};
        ArgScanner scanner = new ArgScanner(args);
        assertTrue(scanner.advance());
        assertEquals(opt, scanner.opt(), name);
        assertEquals(args.length == 2 ? "1" : null, scanner.value(), name);
      }
    }
  }
}
