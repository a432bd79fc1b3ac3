package io.jld.load;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.asmb.OutBuf;
import io.jld.asmb.Tasks;
import io.jld.input.Inputs;
import io.jld.input.KeptFiles;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import io.jld.model.Context;
import io.jld.pass.Passes;
import io.jld.testing.ArchiveBuilder;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links with files that have been parsed once, one after the other and at the same time. */
class KeptFilesTest {
  @TempDir Path dir;

  /** Keeps all that it is asked for; names say in these tests which file it is. */
  private static final class Kept implements KeptFiles {
    private final Map<String, ObjectFile> objects = new ConcurrentHashMap<>();
    private final Map<String, SharedFile> libraries = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();

    @Override
    public ObjectFile object(
        String file,
        String member,
        ObjectFile.Origin origin,
        MemorySegment data,
        Supplier<ObjectFile> read) {
      return objects.computeIfAbsent(file + "(" + member + ")" + origin, key -> read(read));
    }

    @Override
    public SharedFile library(String file, MemorySegment data, Supplier<SharedFile> read) {
      return libraries.computeIfAbsent(file, key -> read(read));
    }

    private <T> T read(Supplier<T> read) {
      reads.incrementAndGet();
      return read.get();
    }
  }

  /** A function, and data that refers to names. */
  private static ObjectBuilder code(String f, String... names) {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text." + f, ObjectBuilder.filled(16, 0x90));
    o.reloc(text, 8, TestArch.PC32, o.local("local_" + f, text, 4), 0);
    o.reloc(text, 0, TestArch.NONE, o.function(f, text, 0, 8), 0);
    int data = o.data(".data." + f, new byte[8 * names.length + 8]);
    o.reloc(text, 0, TestArch.NONE, o.sectionSymbol(data), 0);
    for (int i = 0; i < names.length; i++) {
      o.reloc(data, 8L * i, TestArch.WORD, o.undefined(names[i]), i);
    }
    return o;
  }

  private static void strings(ObjectBuilder o, String text) {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    int s =
        o.section(".rodata.str", SHT_PROGBITS, SHF_ALLOC | SHF_MERGE | SHF_STRINGS, 1, 1, bytes);
    o.reloc(o.data(".data.p", new byte[8]), 0, TestArch.WORD, o.sectionSymbol(s), 2);
  }

  /** A COMDAT group with the function {@code shared}, of which one is linked. */
  private static void group(ObjectBuilder o, int fill) {
    int text = o.code(".text.shared", ObjectBuilder.filled(24, fill));
    o.group(o.symbol("shared", STB_WEAK, STT_FUNC, STV_DEFAULT, text, 0, 8), true, text);
  }

  private static void common(ObjectBuilder o, String name, long size) {
    o.symbol(name, STB_GLOBAL, STT_OBJECT, STV_DEFAULT, SHN_COMMON, 8, size);
  }

  /** What many links are made of: {@code a} and {@code b} have parts that one of them gives up. */
  private List<InputSource> inputs() throws Exception {
    ObjectBuilder main = code("_start", "a", "b", "inArchive", "data", "fromLibrary", "_end");
    ObjectBuilder a = code("a", "shared", "common", "f");
    group(a, 1);
    common(a, "common", 16);
    strings(a, "one\0two\0");
    ObjectBuilder b = code("b", "shared", "common");
    group(b, 2);
    common(b, "common", 64);
    strings(b, "two\0three\0");
    b.code(".text.unused", ObjectBuilder.filled(40, 3));
    ObjectBuilder twice = ObjectBuilder.wide();
    int text = twice.code(".text.twice", ObjectBuilder.filled(12, 4));
    twice.local("mine", text, 0);
    twice.symbol("weak", STB_WEAK, STT_FUNC, STV_DEFAULT, text, 4, 4);
    common(twice, "inBoth", 8);
    byte[] bytes = twice.build();
    Path data = Files.write(dir.resolve("data.bin"), new byte[] {1, 2, 3});
    return List.of(
        main.source("main.o"),
        a.source("a.o"),
        b.source("b.o"),
        InputSource.memory("twice.o", bytes),
        InputSource.memory("twice.o", bytes),
        new InputSource.Binary(data),
        new ArchiveBuilder()
            .member("x.o", code("inArchive", "deeper"), "inArchive")
            .member("y.o", code("deeper"), "deeper")
            .member("z.o", code("__wrap_f", "__real_f"), "__wrap_f")
            .member("f.o", code("f"), "f")
            .member("d.o", code("data"), "data")
            .source("lib.a", 4),
        library());
  }

  /** A shared library, with versions and without a soname. */
  private static InputSource library() {
    ObjectBuilder o = code("fromLibrary", "deeper");
    o.function("old@V1", 1, 0, 4);
    o.function("fromLibrary2@@V2", 1, 0, 4);
    LinkRequest.Builder r = request(List.of(o.source("library.o")));
    r.set(LinkOption.OUTPUT_KIND, OutputKind.SHARED);
    r.set(
        LinkOption.VERSION_SCRIPT,
        List.of(new LinkOption.Script("v", "V1 { global: fromLibrary; }; V2 { } V1;")));
    return new InputSource.OfMemory(
        "library.so", Linker.link(r.build()).bytes(), InputFlags.NONE.withAsNeeded(true));
  }

  private static LinkRequest.Builder request(List<InputSource> inputs) {
    return LinkRequest.builder()
        .arches(TestArch.ARCHES)
        .output(OutputSink.memory())
        .threads(1)
        .inputs(inputs);
  }

  private static Consumer<LinkRequest.Builder> kind(OutputKind kind) {
    return b -> b.set(LinkOption.OUTPUT_KIND, kind).set(LinkOption.RELRO, true);
  }

  /** Different links of the same files: other orders, kinds and options. */
  private List<LinkRequest> requests() throws Exception {
    List<InputSource> inputs = inputs();
    List<InputSource> other = new ArrayList<>(inputs.subList(0, 6));
    java.util.Collections.reverse(other);
    other.addAll(inputs.subList(6, inputs.size()));
    List<InputSource> versioned = new ArrayList<>(other);
    versioned.addFirst(code("another", "old@V1", "fromLibrary2@V2").source("versioned.o"));
    List<InputSource> some = List.of(inputs.get(3), inputs.get(2), inputs.get(4));
    List<LinkRequest> all = new ArrayList<>();
    for (List<InputSource> list : List.of(inputs, other, versioned)) {
      List<Consumer<LinkRequest.Builder>> options =
          List.of(
              b -> {},
              b -> b.set(LinkOption.GC_SECTIONS, true),
              b -> b.set(LinkOption.WRAP, List.of("f")).set(LinkOption.EMIT_RELOCS, true),
              b -> b.set(LinkOption.DEFSYM, List.of(Map.entry("common", "b + 4"))),
              kind(OutputKind.SHARED));
      for (Consumer<LinkRequest.Builder> o : options) {
        LinkRequest.Builder b = request(list).set(LinkOption.Z_KEYWORDS, List.of("notext"));
        o.accept(b);
        all.add(b.build());
      }
    }
    for (List<InputSource> list : List.of(inputs.subList(0, 7), other.subList(0, 6), some)) {
      LinkRequest.Builder b = request(list);
      all.add(b.set(LinkOption.OUTPUT_KIND, OutputKind.RELOCATABLE).build());
    }
    return all;
  }

  /** What {@link Linker#link} does, but for the files. */
  private static byte[] link(LinkRequest request, KeptFiles kept, ExecutorService pool) {
    Arena arena = Arena.ofAuto(); // as long as what is kept
    Inputs inputs = new Inputs(arena, kept);
    OutBuf out = OutBuf.create(ByteOrder.LITTLE_ENDIAN, arena);
    out.openHeap();
    Tasks tasks = new Tasks(pool, pool == null ? 1 : 3);
    new Passes(new Context(request, TestArch.WIDE, tasks, out, Linker.VERSION), inputs, null).run();
    return out.bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void oneAfterTheOther() throws Exception {
    Kept kept = new Kept();
    List<LinkRequest> requests = requests();
    for (int again = 0; again < 2; again++) {
      for (int i = 0; i < requests.size(); i++) {
        byte[] fresh = Linker.link(requests.get(i)).bytes().toArray(ValueLayout.JAVA_BYTE);
        assertArrayEquals(fresh, link(requests.get(i), kept, null), "link " + i);
      }
    }
    assertEquals(kept.objects.size() + kept.libraries.size(), kept.reads.get());
    assertTrue(kept.objects.containsKey("lib.a(x.o)FILE"), kept.objects::toString);
    assertEquals(1, kept.libraries.size());
  }

  @Test
  void atTheSameTime() throws Exception {
    List<LinkRequest> requests = requests();
    List<byte[]> fresh = new ArrayList<>();
    for (LinkRequest r : requests) {
      fresh.add(Linker.link(r).bytes().toArray(ValueLayout.JAVA_BYTE));
    }
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      for (int step = 1; step < requests.size(); step++) {
        Kept kept = new Kept();
        CyclicBarrier start = new CyclicBarrier(3);
        List<Future<byte[]>> linked = new ArrayList<>();
        List<Integer> which = List.of(0, step, (2 * step + 5) % requests.size());
        for (int i : which) {
          linked.add(
              pool.submit(
                  () -> {
                    start.await();
                    return link(requests.get(i), kept, pool);
                  }));
        }
        for (int k = 0; k < which.size(); k++) {
          assertArrayEquals(fresh.get(which.get(k)), linked.get(k).get(), "link " + which.get(k));
        }
        assertEquals(kept.objects.size() + kept.libraries.size(), kept.reads.get());
      }
    }
  }
}
