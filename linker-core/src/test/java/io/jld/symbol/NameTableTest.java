package io.jld.symbol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.jld.asmb.Tasks;
import io.jld.input.InputFile;
import io.jld.input.LinkerFile;
import io.jld.input.NameWords;
import io.jld.input.ObjectFile;
import io.jld.input.ReadBuffers;
import io.jld.testing.ObjectBuilder;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameTableTest {
  private static ObjectFile object(String file, List<String> names) {
    ObjectBuilder o = ObjectBuilder.wide();
    names.forEach(o::undefined);
    return o.file(file);
  }

  private static LinkedFile add(NameTable t, InputFile file, int order, boolean alone) {
    NameWords words = file == null ? null : file.nameWords(new ReadBuffers());
    return file == null ? null : new LinkedFile(file, t.add(words, order, alone));
  }

  /** Interns the names of files, of which some may be null. */
  private static List<LinkedFile> intern(NameTable t, InputFile... files) {
    List<LinkedFile> linked = new ArrayList<>();
    for (int i = 0; i < files.length; i++) {
      linked.add(add(t, files[i], i, false));
    }
    t.finish(linked);
    return linked;
  }

  private static int[] ids(LinkedFile file) {
    int[] ids = new int[file.file().names().count()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = file.nameId(i);
    }
    return ids;
  }

  @Test
  void noNames() {
    NameTable none = new NameTable();
    intern(none);
    assertEquals(1, none.end());
    NameTable t = new NameTable();
    intern(t, object("a.o", List.of()));
    assertEquals(1, t.end());
    assertEquals(0, t.find("a"));
    assertEquals("", t.string(0));
    assertEquals("", t.string(1));
    assertEquals("", t.string(-1));
  }

  @Test
  void equalNamesShareANumber() {
    InputFile a = object("a.o", List.of("x", "y", "x"));
    InputFile b = object("b.o", List.of("z", "y", "", "w"));
    NameTable t = new NameTable();
    List<LinkedFile> linked = intern(t, a, null, b);
    assertArrayEquals(new int[] {1, 2, 1}, ids(linked.get(0)));
    assertArrayEquals(new int[] {3, 2, 4, 5}, ids(linked.get(2)));
    assertEquals(6, t.end());
    String[] names = {"x", "y", "z", "", "w"};
    InputFile[] first = {a, a, b, b, b};
    int[] index = {0, 1, 0, 2, 3};
    for (int id = 1; id < t.end(); id++) {
      assertEquals(names[id - 1], t.string(id));
      assertEquals(id, t.find(names[id - 1]));
      assertSame(first[id - 1], t.file(id));
      assertEquals(index[id - 1], t.index(id));
    }
    assertEquals("", t.string(6));
    assertEquals(0, t.find("v"));
    assertEquals(0, t.find("xx"));
  }

  /** {@code name@@V} defines {@code name}; {@code name@V} is another name. */
  @Test
  void versions() {
    NameTable t = new NameTable();
    List<LinkedFile> linked =
        intern(
            t,
            object("a.o", List.of("f@@V1", "f@V1", "g@@", "@@V", "f@@V2")),
            object("b.o", List.of("f", "g", "@@V", "f@V1")));
    LinkedFile a = linked.get(0);
    LinkedFile b = linked.get(1);
    assertEquals(a.nameId(0), b.nameId(0));
    assertEquals(a.nameId(0), a.nameId(4));
    assertEquals("f", t.string(a.nameId(0)));
    assertEquals(a.nameId(1), b.nameId(3));
    assertEquals("f@V1", t.string(a.nameId(1)));
    assertNotEquals(a.nameId(0), a.nameId(1));
    assertEquals(a.nameId(3), b.nameId(2));
    assertEquals(a.nameId(0), t.find("f"));
    assertEquals(0, t.find("f@@V1"));
  }

  /** Lengths around those of words, names that are beginnings of others, bytes above 0x7f. */
  @Test
  void namesThatAreAlike() {
    List<String> names = new ArrayList<>();
    for (int n = 0; n < 70; n++) {
      names.add("a".repeat(n));
      names.add("a".repeat(n) + "b");
      names.add("\u00e4".repeat(n) + "\u00df");
    }
    names.add("x".repeat(5000));
    names.add("x".repeat(5000) + "y");
    List<String> reverse = new ArrayList<>(names);
    Collections.reverse(reverse);
    NameTable t = new NameTable();
    List<LinkedFile> linked =
        intern(t, object("a.o", names), object("b.o", reverse), new LinkerFile(names));
    LinkedFile a = linked.get(0);
    LinkedFile b = linked.get(1);
    assertEquals(names.size() + 1, t.end());
    for (int i = 0; i < names.size(); i++) {
      assertEquals(i + 1, a.nameId(i));
      assertEquals(names.size() - i, b.nameId(i));
      assertEquals(names.get(i), t.string(i + 1));
      assertEquals(i + 1, t.find(names.get(i)));
    }
  }

  /** The signatures of groups are names too: they come behind the symbols'. */
  @Test
  void groupSignatures() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text.f", new byte[4]);
    int f = o.function("f", text, 0, 4);
    o.group(f, true, text);
    o.code(".gnu.linkonce.t.g", new byte[4]);
    o.code(".gnu.linkonce.wi.h", new byte[4]);
    NameTable t = new NameTable();
    LinkedFile a = intern(t, o.file("a.o"), object("b.o", List.of("g", "f"))).get(0);
    assertEquals(4, a.file().names().count());
    assertEquals("f", t.string(a.nameId(0)));
    List<String> others = new ArrayList<>();
    for (int i = 1; i < 4; i++) {
      others.add(t.string(a.nameId(i)));
    }
    Collections.sort(others);
    assertEquals(List.of(".gnu.linkonce.wi.h", "f", "g"), others);
    assertEquals(4, t.end());
  }

  /**
   * Of a file that was read with the same buffers before another one: its tables are copied again.
   */
  @Test
  void aFileThatWasReadBefore() {
    ObjectBuilder o = ObjectBuilder.wide();
    o.code(".gnu.linkonce.t.g", new byte[4]);
    o.undefined("f");
    ReadBuffers buffers = new ReadBuffers();
    InputFile a = read(o, "a.o", buffers);
    ObjectBuilder p = ObjectBuilder.wide();
    p.code(".gnu.linkonce.t.another", new byte[4]);
    p.undefined("other");
    InputFile b = read(p, "b.o", buffers);
    for (int again = 0; again < 2; again++) {
      NameTable t = new NameTable();
      LinkedFile first = new LinkedFile(a, t.add(a.nameWords(buffers), 0, true));
      LinkedFile second = new LinkedFile(b, t.add(b.nameWords(buffers), 1, true));
      t.finish(List.of(first, second));
      assertEquals(
          List.of("f", "g"), List.of(t.string(first.nameId(0)), t.string(first.nameId(1))));
      assertEquals(
          List.of("other", "another"),
          List.of(t.string(second.nameId(0)), t.string(second.nameId(1))));
      assertEquals(first.nameId(1), t.find("g"));
      assertEquals(second.nameId(0), t.find("other"));
    }
  }

  private static ObjectFile read(ObjectBuilder o, String file, ReadBuffers buffers) {
    MemorySegment bytes = MemorySegment.ofArray(o.build());
    return new ObjectFile(file, null, bytes, ObjectFile.Origin.FILE, buffers);
  }

  /** What {@link NameTable} must give: numbers in the order of the files. */
  private static Map<String, Integer> expected(List<List<String>> files) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (List<String> names : files) {
      if (names != null) {
        names.forEach(n -> ids.putIfAbsent(n, ids.size() + 1));
      }
    }
    return ids;
  }

  private static List<List<String>> randomFiles(int files, int names, int seed) {
    Random random = new Random(seed);
    List<List<String>> all = new ArrayList<>();
    for (int f = 0; f < files; f++) {
      List<String> list = new ArrayList<>();
      for (int i = random.nextInt(2 * names); i >= 0; i--) {
        list.add("_Zname" + Math.abs((int) (random.nextGaussian() * files * names / 4)));
      }
      all.add(f % 7 == 3 ? null : list);
    }
    return all;
  }

  /** Files may be added in any order by any thread: a table never depends on that. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void anyOrderAndAnyThread(int threads) {
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      Tasks tasks = new Tasks(threads == 1 ? null : pool, threads);
      for (int seed = 0; seed < 6; seed++) {
        List<List<String>> names = randomFiles(60, 400, seed);
        List<InputFile> files = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int f = 0; f < names.size(); f++) {
          files.add(names.get(f) == null ? null : object(f + ".o", names.get(f)));
          order.add(f);
        }
        Collections.shuffle(order, new Random(seed));
        NameTable t = new NameTable();
        LinkedFile[] linked = new LinkedFile[order.size()];
        tasks.forEach(
            order.size(),
            i -> {
              int f = order.get(i);
              linked[f] = add(t, files.get(f), f, tasks.isAlone());
            });
        t.finish(Arrays.asList(linked));
        check(names, Arrays.asList(linked), t);
      }
    }
  }

  private static void check(List<List<String>> names, List<LinkedFile> files, NameTable t) {
    Map<String, Integer> want = expected(names);
    assertEquals(want.size() + 1, t.end());
    Map<String, List<Integer>> places = new HashMap<>();
    for (int f = 0; f < files.size(); f++) {
      for (int i = 0; files.get(f) != null && i < names.get(f).size(); i++) {
        assertEquals(want.get(names.get(f).get(i)), files.get(f).nameId(i));
        places.putIfAbsent(names.get(f).get(i), List.of(f, i));
      }
    }
    List<InputFile> parsed = new ArrayList<>();
    files.forEach(f -> parsed.add(f == null ? null : f.file()));
    want.forEach(
        (name, id) -> {
          assertEquals(name, t.string(id));
          assertEquals(id, t.find(name));
          assertEquals(places.get(name), List.of(parsed.indexOf(t.file(id)), t.index(id)));
        });
  }

  /** More than a shard has room for at first, many times over. */
  @Test
  void shardsGrow() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      many.add("n" + i + (i % 5 == 0 ? "_with_a_longer_name_than_the_others_have" : ""));
    }
    NameTable t = new NameTable();
    // the later one first
    LinkedFile b = add(t, object("b.o", many.subList(40_000, 100_000)), 1, true);
    LinkedFile a = add(t, object("a.o", many.subList(0, 60_000)), 0, true);
    t.finish(List.of(a, b));
    assertEquals(many.size() + 1, t.end());
    for (int i = 0; i < many.size(); i++) {
      assertEquals(i + 1, i < 60_000 ? a.nameId(i) : b.nameId(i - 40_000));
      assertEquals(i + 1, t.find(many.get(i)));
      assertSame((i < 60_000 ? a : b).file(), t.file(i + 1));
    }
    assertEquals(40_001, b.nameId(0));
  }
}
