package io.jld.arch.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.arch.testkit.FakeLink.Trait;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.Slice;
import io.jld.link.Diagnostic;
import io.jld.link.LinkException;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import io.jld.link.Severity;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every architecture has to keep to, whatever its relocations are: a test of one extends this
 * class, and JUnit runs it.
 *
 * <pre>{@code
 * class MyArchConformanceTest extends ArchConformance {
 *   @Override
 *   protected Arch arch() {
 *     return new MyArch();
 *   }
 * }
 * }</pre>
 *
 * <p>That a relocation's value is right it can't know; tests with a {@link FakeLink} say that, and
 * programs that run.
 *
 * @since 0.1
 */
public abstract class ArchConformance {
  /** Beyond this number no psABI has a relocation type. */
  private static final int TYPES = 1200;

  /** Of the program that is linked as a whole: code of some blocks of 1 MiB. */
  private static final int FUNCTIONS = 40_000;

  private static final int[] FAR_TYPES = {0xffff, 0xffffff, Integer.MAX_VALUE, -1};
  private static final Trait[][] SYMBOLS = {
    {},
    {Trait.FUNCTION},
    {Trait.PREEMPTIBLE},
    {Trait.PREEMPTIBLE, Trait.FUNCTION},
    {Trait.IFUNC},
    {Trait.TLS},
    {Trait.TLS, Trait.PREEMPTIBLE},
    {Trait.ABSOLUTE},
    {Trait.UNDEFINED_WEAK},
    {Trait.DISCARDED},
  };
  private static final OutputKind[] KINDS = {
    OutputKind.EXECUTABLE, OutputKind.PIE, OutputKind.SHARED
  };

  /** The architecture that is tested. */
  protected abstract Arch arch();

  /**
   * Instructions in hexadecimal as compilers write them around fields, of which random code is put
   * together: those at which relaxations look. None by default.
   */
  protected List<String> instructions() {
    return List.of();
  }

  private static IntStream types() {
    return IntStream.concat(IntStream.range(0, TYPES), IntStream.of(FAR_TYPES));
  }

  /** A type that the architecture lacks has no name but its number. */
  private boolean isKnown(int type) {
    return !arch().relocationName(type).equals(Integer.toString(type));
  }

  private String name(int type) {
    return arch().relocationName(type) + " (" + type + ")";
  }

  @Test
  void isFoundByItsNames() {
    Arch found = Arches.installed().byName(arch().info().name()).orElseThrow();
    assertSame(arch().getClass(), found.getClass(), "META-INF/services/io.jld.arch.Arch");
    Arches only = new Arches(List.of(arch()));
    assertEquals(List.of(), only.problems());
    for (String emulation : arch().info().emulations()) {
      assertTrue(only.byEmulation(emulation).isPresent(), emulation);
    }
    int machine = arch().info().machine();
    assertTrue(only.byMachine(machine, arch().info().is64()).isPresent());
  }

  /** What is said of a type is said of its field alone, and of all that can be asked. */
  @Test
  void typesAreDescribed() {
    byte[] content = new byte[64];
    new Random(1).nextBytes(content);
    types()
        .forEach(
            type -> {
              String name = name(type);
              assertFalse(arch().relocationName(type).isBlank(), name);
              assertNotNull(arch().overflowCure(type), name);
              assertNotNull(arch().reference(type), name);
              int size = arch().fieldSize(type);
              assertTrue(List.of(0, 1, 2, 4, 8).contains(size), () -> name + " " + size);
              if (!isKnown(type)) {
                assertEquals(0, size, name);
                assertEquals(0, arch().implicitAddend(type, Slice.of(content), 24), name);
              }
              for (long offset : new long[] {-1, 60, 63, 64, 65, Long.MAX_VALUE, Long.MIN_VALUE}) {
                arch().implicitAddend(type, Slice.of(content), offset);
              }
              if (!arch().info().rela() && size > 0) {
                long read = arch().implicitAddend(type, Slice.of(content), 24);
                assertEquals(field(content, 24, size), read, name);
              }
            });
  }

  /** A field's value with its sign, in little-endian order. */
  private static long field(byte[] content, int offset, int size) {
    ByteBuffer b = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    return switch (size) {
      case 1 -> b.get(offset);
      case 2 -> b.getShort(offset);
      case 4 -> b.getInt(offset);
      default -> b.getLong(offset);
    };
  }

  /**
   * Each type, with each kind of symbol, in each kind of output: applied, or refused with one
   * message. A type that the architecture lacks is refused by the scan.
   */
  @Test
  void everyTypeIsAppliedOrRefused() {
    int applied = 0;
    for (int type : types().toArray()) {
      for (OutputKind kind : KINDS) {
        for (Trait[] traits : isKnown(type) ? SYMBOLS : new Trait[][] {{}, {Trait.PREEMPTIBLE}}) {
          for (boolean relax : new boolean[] {true, false}) {
            Supplier<FakeLink> one =
                () ->
                    new FakeLink(arch(), kind, relax)
                        .sym("s", 0x401100, traits)
                        .code(new byte[64])
                        .rel(24, type, "s");
            String what = name(type) + " " + List.of(traits) + " in " + kind;
            FakeLink scanned = one.get();
            attempt(what, scanned::scan);
            if (scanned.errors().isEmpty()) {
              assertTrue(isKnown(type), () -> "the scan lets pass " + what);
              attempt(what, scanned::apply);
              applied++;
            }
            isClear(what, scanned);
            FakeLink debug = one.get();
            attempt(what, debug::applyDebug);
            isClear(what + ", not loaded", debug);
            assertTrue(isKnown(type) || !debug.errors().isEmpty(), () -> "not loaded: " + what);
          }
        }
      }
    }
    assertTrue(applied > 0, "no relocation was applied");
  }

  private static void attempt(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | AssertionError e) {
      fail(what, e);
    }
  }

  private static void isClear(String what, FakeLink link) {
    assertTrue(link.errors().size() <= 1, () -> what + ": " + link.errors());
    link.errors().forEach(e -> assertFalse(e.isBlank(), what));
  }

  /** At each offset of small sections: nothing beside the section is written or read. */
  @Test
  void fieldsStayInTheirSection() {
    types()
        .filter(this::isKnown)
        .forEach(
            type -> {
              for (int size : new int[] {1, 2, 3, 4, 5, 8, 9, 16, 24}) {
                for (int offset = 0; offset < size; offset++) {
                  for (Trait[] traits : new Trait[][] {{}, {Trait.PREEMPTIBLE}, {Trait.TLS}}) {
                    byte[] content = new byte[size];
                    String what = name(type) + " at " + offset + " of " + size;
                    FakeLink link = new FakeLink(arch(), OutputKind.EXECUTABLE, true);
                    link.sym("s", 0x401100, traits).code(content).rel(offset, type, "s");
                    attempt(what, () -> applyIfScanned(link));
                    attempt(what, link::applyDebug);
                  }
                }
              }
            });
  }

  private static void applyIfScanned(FakeLink link) {
    link.scan();
    if (link.errors().isEmpty()) {
      link.apply();
    }
  }

  /**
   * Code put together at random: no exception, and apply reads no slot that the scan did not ask
   * for, which {@link FakeLink} sees to.
   */
  @Test
  void scanAndApplyAgree() {
    int[] known = types().filter(this::isKnown).toArray();
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      OutputKind kind = KINDS[random.nextInt(KINDS.length)];
      FakeLink link = new FakeLink(arch(), kind, random.nextInt(4) > 0);
      byte[] code = code(random);
      link.code(code);
      for (int i = 0; i < 3; i++) {
        link.sym("s" + i, random.nextInt(0x800000), SYMBOLS[random.nextInt(SYMBOLS.length)]);
      }
      StringBuilder what = new StringBuilder(kind + " " + HexFormat.of().formatHex(code));
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        int type = known[random.nextInt(known.length)];
        int offset = random.nextInt(code.length);
        String symbol = "s" + random.nextInt(3);
        what.append(", ").append(arch().relocationName(type)).append(" at ").append(offset);
        if (arch().info().rela()) {
          long addend = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(16) - 8;
          link.rel(offset, type, symbol, addend);
        } else {
          link.rel(offset, type, symbol);
        }
      }
      attempt(what.toString(), () -> applyIfScanned(link));
      attempt(what.toString(), link::applyDebug);
    }
  }

  private byte[] code(Random random) {
    StringBuilder code = new StringBuilder();
    List<String> pieces = instructions();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      if (pieces.isEmpty() || random.nextInt(4) == 0) {
        code.append(HexFormat.of().toHexDigits(random.nextInt()));
      } else {
        code.append(pieces.get(random.nextInt(pieces.size())).replace(" ", ""));
      }
    }
    return HexFormat.of().parseHex(code);
  }

  // Whole links

  /** The same file from 1, 2, 3 and 8 threads, and whatever stood in its place before. */
  @Test
  void theFileDependsOnTheObjectAlone() {
    byte[] object =
        program(linkedTypes(FUNCTIONS), FUNCTIONS, 16); // some architectures' GOTs are small
    byte[] one = link(arch(), object, 1);
    for (int threads : new int[] {2, 3, 8}) {
      assertArrayEquals(one, link(arch(), object, threads), threads + " threads");
    }
    for (int threads : new int[] {1, 3}) {
      assertArrayEquals(one, link(scribbling(arch()), object, threads), "over random bytes");
    }
  }

  /**
   * Types that a static program can have for a function of its own, amid zeros.
   *
   * @param functions of the program: some types reach no further than a MiB
   */
  private List<Integer> linkedTypes(int functions) {
    List<Integer> linked = new ArrayList<>();
    types()
        .filter(t -> t >= 0 && t <= (arch().info().is64() ? 0xffff : 0xff) && isKnown(t))
        .forEach(
            type -> {
              try {
                link(arch(), program(List.of(type), functions, functions), 1);
                linked.add(type);
              } catch (LinkException e) {
                assertNull(e.getCause(), () -> name(type) + ": " + e.diagnostics());
              }
            });
    assertFalse(linked.isEmpty(), "no type can be linked");
    return linked;
  }

  /**
   * Functions of 64 bytes.
   *
   * @param step every so many functions one has a relocation
   */
  private byte[] program(List<Integer> types, int functions, int step) {
    ObjectBuilder o = new ObjectBuilder(arch().info());
    int text = o.code(".text", new byte[64 * functions]);
    o.function("_start", text, 0, 64);
    for (int i = 0; i < functions; i += step) {
      int near = o.function("f" + i, text, 64L * i, 64);
      o.reloc(text, 64L * i + 24, types.get(i / step % types.size()), near, 0);
    }
    byte[] data = new byte[32 * functions];
    new Random(3).nextBytes(data);
    o.data(".data", data);
    o.debug(".debug_str", data);
    return o.build();
  }

  private static byte[] link(Arch arch, byte[] object, int threads) {
    return Linker.link(
            LinkRequest.builder()
                .arches(new Arches(List.of(arch)))
                .input(io.jld.link.InputSource.memory("program.o", object))
                .threads(threads)
                .output(OutputSink.memory())
                .build())
        .bytes()
        .toArray(ValueLayout.JAVA_BYTE);
  }

  /** The same architecture, which fills the output with random bytes before anything is written. */
  private static Arch scribbling(Arch arch) {
    return (Arch)
        Proxy.newProxyInstance(
            Arch.class.getClassLoader(),
            new Class<?>[] {Arch.class},
            (proxy, method, args) -> {
              if (method.getName().equals("asmb")) {
                OutBuf out = ((Link) args[0]).out();
                byte[] junk = new byte[(int) out.size()];
                new Random(9).nextBytes(junk);
                out.seekSet(0);
                out.write(junk);
                out.seekSet(0);
              }
              try {
                return method.invoke(arch, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** A field that does not lie in its section is one error, at the offset that the file has. */
  @Test
  void whatLiesBehindTheEndIsOneError() {
    for (int type : linkedTypes(1).stream().filter(t -> arch().fieldSize(t) > 0).toList()) {
      for (long offset : new long[] {64, 65, 1L << 31, -1}) {
        ObjectBuilder o = new ObjectBuilder(arch().info());
        int text = o.code(".text", new byte[64]);
        int start = o.function("_start", text, 0, 64);
        byte[] object = o.reloc(text, offset, type, start, 0).build();
        String what = name(type) + " at " + offset;
        LinkException e = assertThrows(LinkException.class, () -> link(arch(), object, 1), what);
        List<Diagnostic> errors =
            e.diagnostics().stream().filter(d -> d.severity() == Severity.ERROR).toList();
        assertNull(e.getCause(), what);
        assertEquals(1, errors.size(), () -> what + ": " + errors);
        assertEquals("program.o", errors.getFirst().location().file(), what);
      }
    }
  }
}
