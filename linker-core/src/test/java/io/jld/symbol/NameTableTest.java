package io.jld.symbol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.jld.asmb.Tasks;
import io.jld.input.InputFile;
import io.jld.input.LinkerFile;
import io.jld.input.ObjectFile;
import io.jld.testing.ObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameTableTest {
  private static final Tasks ALONE = new Tasks(null, 1);

  private static ObjectFile object(String... names) {
    ObjectBuilder o = ObjectBuilder.wide();
    for (String name : names) {
      o.undefined(name);
    }
    return o.file("t.o");
  }

  private static NameTable table(InputFile... files) {
    NameTable t = new NameTable();
    for (int f = files.length - 1; f >= 0; f--) { // not in their order
      t.add(files[f], f);
    }
    t.finish(List.of(files), ALONE);
    return t;
  }

  @Test
  void equalNamesHaveOneNumber() {
    ObjectFile a = object("one", "two", "three");
    ObjectFile b = object("three", "four", "one");
    NameTable t = table(a, b);
    assertEquals(5, t.end());
    assertEquals(a.nameId(0), b.nameId(2));
    assertEquals(a.nameId(2), b.nameId(0));
    assertEquals("four", t.string(b.nameId(1)));
    assertEquals("", t.string(0));
  }

  @Test
  void numbersFollowTheFilesAndTheirNames() {
    ObjectFile a = object("z", "y", "z");
    ObjectFile b = object("x", "y", "w");
    table(a, b);
    assertEquals(List.of(1, 2, 1, 3, 2, 4), ids(List.of(a, b)));
  }

  private static List<Integer> ids(List<? extends InputFile> files) {
    List<Integer> ids = new ArrayList<>();
    for (InputFile f : files) {
      IntStream.range(0, f.nameCount()).forEach(i -> ids.add(f.nameId(i)));
    }
    return ids;
  }

  @Test
  void theFirstFileHoldsTheName() {
    ObjectFile a = object("a");
    ObjectFile b = object("b", "a");
    NameTable t = table(a, b);
    assertSame(a, t.file(b.nameId(1)));
    assertEquals(0, t.index(b.nameId(1)));
    assertSame(b, t.file(b.nameId(0)));
  }

  @Test
  void namesAreFound() {
    ObjectFile a = object("seven__", "eight___", "nine____9", "x");
    NameTable t = table(a, new LinkerFile(List.of("_end", "x")));
    assertEquals(a.nameId(0), t.find("seven__"));
    assertEquals(a.nameId(1), t.find("eight___"));
    assertEquals(a.nameId(2), t.find("nine____9"));
    assertNotEquals(0, t.find("_end"));
    assertEquals(0, t.find("eight__"));
    assertEquals(0, t.find("eight____"));
    assertEquals(0, t.find(""));
  }

  @Test
  void aDefaultVersionIsNotPartOfTheName() {
    ObjectFile a = object("f@@V1", "f", "f@V1");
    table(a);
    assertEquals(a.nameId(1), a.nameId(0));
    assertNotEquals(a.nameId(1), a.nameId(2));
  }

  @Test
  void filesMayBeMissing() {
    ObjectFile a = object("a");
    ObjectFile c = object("c", "a");
    NameTable t = new NameTable();
    t.add(c, 2);
    t.add(a, 0);
    List<InputFile> files = new ArrayList<>(List.of(a, c));
    files.add(1, null);
    t.finish(files, ALONE);
    assertEquals(List.of(1, 2, 1), ids(List.of(a, c)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void numbersDoNotDependOnThreads(int threads) {
    List<ObjectFile> files = random();
    List<ObjectFile> same = random();
    table(files.toArray(InputFile[]::new));
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      Tasks tasks = new Tasks(pool, threads);
      NameTable t = new NameTable();
      tasks.forEach(same.size(), f -> t.add(same.get(f), f));
      t.finish(same, tasks);
      for (ObjectFile f : same) {
        for (int i = 1; i < f.symbolCount(); i++) {
          assertEquals(f.symbolName(i), t.string(f.symbolNameId(i)));
          assertEquals(f.symbolNameId(i), t.find(f.symbolName(i)));
        }
      }
    }
    assertEquals(ids(files), ids(same));
  }

  /** The same files each time; so many names that the tables grow. */
  private static List<ObjectFile> random() {
    Random random = new Random(7);
    List<ObjectFile> files = new ArrayList<>();
    for (int f = 0; f < 40; f++) {
      String[] names = new String[500];
      for (int i = 0; i < names.length; i++) {
        int n = random.nextInt(12_000);
        names[i] = "n".repeat(n % 19) + n;
      }
      files.add(object(names));
    }
    return files;
  }
}
