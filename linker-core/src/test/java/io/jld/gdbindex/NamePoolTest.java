package io.jld.gdbindex;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.asmb.Tasks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamePoolTest {
  private static final int COUNT = 50_000;

  private static NameBatch batch(int from, int to) {
    NameBatch batch = new NameBatch();
    for (int i = from; i < to; i++) {
      byte[] name = ("name" + i).getBytes(StandardCharsets.US_ASCII);
      int at = batch.begin();
      batch.append(name, 0, name.length);
      batch.add(at, name.length, i);
    }
    return batch;
  }

  private static List<String> sorted(NamePool pool) {
    pool.sort(new Tasks(null, 1));
    List<String> names = new ArrayList<>();
    pool.forEach(
        0,
        pool.count(),
        (place, text, at, n) -> {
          assertEquals(names.size(), place);
          names.add(new String(text, at, n, StandardCharsets.US_ASCII));
        });
    return names;
  }

  /** Each name is there once, however many there are, and in an order that is the same. */
  @Test
  void eachOnce() {
    NamePool one = new NamePool();
    NamePool other = new NamePool();
    int[] first = one.add(batch(0, COUNT));
    assertArrayEquals(first, one.add(batch(0, COUNT)));
    other.add(batch(COUNT / 2, COUNT));
    other.add(batch(0, COUNT));
    List<String> names = sorted(one);
    assertEquals(COUNT, names.size());
    assertEquals(COUNT, new HashSet<>(names).size());
    for (int i = 0; i < COUNT; i++) {
      assertEquals("name" + i, names.get(one.place(first[i])));
    }
    assertEquals(names, sorted(other));
  }

  @Test
  void noNames() {
    assertTrue(sorted(new NamePool()).isEmpty());
  }
}
