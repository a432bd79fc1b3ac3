package io.jld.report;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.link.InputSource;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reports beside the link map. */
class ReportsTest {
  /** What a link prints. */
  private static String messages(Consumer<LinkRequest.Builder> options, ObjectBuilder... objects) {
    List<String> lines = new ArrayList<>();
    Linked.link(
        b -> {
          b.messages(lines::add);
          options.accept(b);
        },
        objects);
    return String.join("\n", lines);
  }

  /** An object with a function in a section of its own, which refers to others. */
  private static ObjectBuilder function(String name, String... callees) {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text." + name, ObjectBuilder.filled(4 + 4 * callees.length, 0x90));
    o.function(name, text, 0, 4);
    for (int i = 0; i < callees.length; i++) {
      o.reloc(text, 4 * i, TestArch.PC32, o.undefined(callees[i]), 0);
    }
    return o;
  }

  private static ObjectBuilder common(String name, long size) {
    ObjectBuilder o = ObjectBuilder.wide();
    o.symbol(name, STB_GLOBAL, STT_OBJECT, STV_DEFAULT, SHN_COMMON, 4, size);
    return o;
  }

  private static ObjectBuilder definition(String name, int bind) {
    ObjectBuilder o = ObjectBuilder.wide();
    o.symbol(name, bind, STT_OBJECT, STV_DEFAULT, o.data(".data", new byte[4]), 0, 4);
    return o;
  }

  // --cref

  @Test
  void crossReference() {
    assertEquals(
        """

        Cross Reference Table

        Symbol                                            File
        _start                                            obj0.o
        a name that has more than forty-nine characters in it
                                                          lib.a(other.o)
                                                          obj0.o
        b                                                 obj2.o
                                                          obj1.o
                                                          obj0.o
                                                          lib.a(other.o)\
        """,
        messages(
            b ->
                b.set(LinkOption.CREF, true)
                    .input(
                        TestArchive.of(
                            "lib.a",
                            "other.o",
                            function("a name that has more than forty-nine characters in it", "b")
                                .build())),
            function("_start", "a name that has more than forty-nine characters in it", "b"),
            common("b", 4),
            definition("b", STB_GLOBAL)));
  }

  @Test
  void crossReferenceIsPartOfTheMap() {
    List<String> map = new ArrayList<>();
    String printed =
        messages(
            b -> b.set(LinkOption.CREF, true).set(LinkOption.MAP, map::add), function("_start"));
    assertEquals("", printed);
    int at = map.indexOf("Cross Reference Table");
    assertEquals("OUTPUT(a.out elf-wide)", map.get(at - 2));
    assertEquals("_start" + " ".repeat(44) + "obj0.o", map.getLast());
  }

  // -t, --trace-symbol

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NONE    | ''",
        "FILES   | obj0.o lib.a empty.a",
        "MEMBERS | obj0.o lib.a empty.a (lib.a)f.o",
        "TRIES   | obj0.o lib.a empty.a (lib.a)f.o"
      })
  void files(LinkOption.Trace level, String expected) {
    String printed =
        messages(
            b ->
                b.set(LinkOption.TRACE, level)
                    .input(TestArchive.of("lib.a", "f.o", function("f").build()))
                    .input(TestArchive.of("empty.a", "g.o", function("g").build())),
            function("_start", "f"));
    assertEquals(expected, printed.replace('\n', ' '));
  }

  @Test
  void triedNames(@TempDir Path dir) throws IOException {
    Path one = Files.createDirectory(dir.resolve("one"));
    Path two = Files.createDirectory(dir.resolve("two"));
    Path object = Files.write(dir.resolve("a.o"), function("_start").build());
    Files.writeString(two.resolve("libx.a"), "!<arch>\n");
    String printed =
        messages(
            b ->
                b.set(LinkOption.TRACE, LinkOption.Trace.TRIES)
                    .set(LinkOption.LIBRARY_PATH, List.of("" + one, "" + two))
                    .input(InputSource.path(object))
                    .input(InputSource.library("x")));
    assertEquals(
        """
        attempt to open DIR/a.o succeeded
        DIR/a.o
        attempt to open DIR/one/libx.so failed
        attempt to open DIR/one/libx.a failed
        attempt to open DIR/two/libx.so failed
        attempt to open DIR/two/libx.a succeeded
        DIR/two/libx.a\
        """,
        printed.replace(dir.toString(), "DIR"));
  }

  @Test
  void symbols() {
    String printed =
        messages(
            b ->
                b.set(LinkOption.TRACE_SYMBOL, List.of("f", "c", "nowhere"))
                    .input(TestArchive.of("lib.a", "f.o", function("f").build()))
                    .input(TestArchive.of("empty.a", "c.o", definition("g", STB_GLOBAL).build())),
            function("_start", "f"),
            common("c", 4));
    assertEquals(
        """
        obj0.o: reference to f
        obj1.o: definition of c
        lib.a(f.o): definition of f\
        """,
        printed);
  }

  /** What a COMDAT group that is left out would define is a reference. */
  @Test
  void symbolsOfGroups() {
    ObjectBuilder[] objects = {ObjectBuilder.wide(), ObjectBuilder.wide()};
    for (ObjectBuilder o : objects) {
      int text = o.code(".text.f", ObjectBuilder.filled(4, 0x90));
      o.group(o.function("f", text, 0, 4), true, text);
    }
    assertEquals(
        "obj0.o: definition of f\nobj1.o: reference to f",
        messages(b -> b.set(LinkOption.TRACE_SYMBOL, List.of("f")), objects));
  }

  // --why-live

  @Test
  void whyLive() {
    ObjectBuilder[] objects = {
      function("_start", "f"), function("f", "g", "f"), function("g"), function("h", "g")
    };
    Consumer<LinkRequest.Builder> why =
        b -> b.set(LinkOption.WHY_LIVE, List.of("g", "h", "_start", "nowhere"));
    assertEquals(
        """
        live symbol 'g': obj2.o:(.text.g)
        >>> referred to by obj1.o:(.text.f): 'g'
        >>> referred to by obj0.o:(.text._start): 'f'
        >>> which is the entry or named by an option: '_start'
        symbol 'h' is not live: obj3.o:(.text.h)
        live symbol '_start': obj0.o:(.text._start)
        >>> which is the entry or named by an option: '_start'
        symbol 'nowhere' is not defined\
        """,
        messages(b -> why.accept(b.set(LinkOption.GC_SECTIONS, true)), objects));
    assertEquals("without --gc-sections all symbols are live", messages(why, objects));
  }

  @Test
  void whatIsKeptInAnyCase() {
    ObjectBuilder init = ObjectBuilder.wide();
    int array =
        init.section(".init_array", SHT_INIT_ARRAY, SHF_ALLOC | SHF_WRITE, 8, 0, new byte[8]);
    init.reloc(array, 0, TestArch.WORD, init.undefined("f"), 0);
    ObjectBuilder absolute = ObjectBuilder.wide();
    absolute.symbol("five", STB_GLOBAL, STT_NOTYPE, STV_DEFAULT, SHN_ABS, 5, 0);
    assertEquals(
        """
        live symbol 'f': obj2.o:(.text.f)
        >>> referred to by obj1.o:(.init_array): 'f'
        >>> which is always kept
        symbol 'five' is in no section: obj3.o\
        """,
        messages(
            b -> b.set(LinkOption.GC_SECTIONS, true).set(LinkOption.WHY_LIVE, List.of("f", "five")),
            function("_start"),
            init,
            function("f"),
            absolute));
  }

  // --warn-common

  @Test
  void commons() {
    ObjectBuilder[] objects = {
      function("_start"),
      common("x", 8),
      common("x", 8),
      common("x", 4),
      common("x", 16),
      definition("x", STB_WEAK),
      definition("x", STB_GLOBAL),
      common("x", 4)
    };
    Linked quiet = Linked.link(objects);
    assertEquals(List.of(), quiet.diagnostics());
    Linked l = Linked.link(b -> b.set(LinkOption.WARN_COMMON, true), objects);
    assertEquals(
        List.of(
            "warning: obj2.o and obj1.o: multiple common of 'x' [common-symbol]",
            "warning: obj3.o: common of 'x' overridden by larger common from obj1.o"
                + " [common-symbol]",
            "warning: obj4.o: common of 'x' overriding smaller common from obj1.o [common-symbol]",
            "warning: obj6.o: definition of 'x' overriding common from obj4.o [common-symbol]",
            "warning: obj7.o: common of 'x' overridden by definition from obj6.o [common-symbol]"),
        l.diagnostics().stream().map(Object::toString).toList());
  }

  // --dependency-file

  @Test
  void dependencies(@TempDir Path dir) throws IOException {
    Path object = Files.write(dir.resolve("a b.o"), function("_start").build());
    Path library = Files.writeString(dir.resolve("libx.a"), "!<arch>\n");
    Path script = Files.writeString(dir.resolve("script"), "INPUT(" + library + ")");
    List<String> rule = new ArrayList<>();
    LinkRequest request =
        LinkRequest.builder()
            .arches(TestArch.ARCHES)
            .output(OutputSink.path(dir.resolve("out$")))
            .input(InputSource.path(object))
            .input(InputSource.path(script))
            .input(InputSource.path(object))
            .set(LinkOption.ALLOW_MULTIPLE_DEFINITION, true)
            .set(
                LinkOption.VERSION_SCRIPT,
                List.of(new LinkOption.Script("v.map", "{ local: *; };")))
            .set(
                LinkOption.DYNAMIC_LIST,
                List.of(new LinkOption.Script("--dynamic-list-cpp-new", "{ a; };")))
            .set(LinkOption.DEPENDENCY_FILE, rule::add)
            .build();
    Linker.link(request);
    assertEquals(
        """
        DIR/out$$: \\
          DIR/a\\ b.o \\
          DIR/script \\
          DIR/libx.a \\
          v.map

        DIR/a\\ b.o:

        DIR/script:

        DIR/libx.a:

        v.map:\
        """,
        String.join("\n", rule).replace(dir.toString(), "DIR"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a|a", "a b|a\\ b", "a\\ b|a\\\\\\ b", "a\\b|a\\b", "#$|\\#$$"})
  void namesForMake(String pair) {
    String[] parts = pair.split("\\|");
    assertEquals(parts[1], DependencyFile.escape(parts[0]));
  }
}
