package io.jld.icf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.jld.asmb.Tasks;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClassesTest {
  private static final Tasks ALONE = new Tasks(Runnable::run, 1);

  /** Refines classes of nodes; returns for each node the first one of its class. */
  private static int[] refine(int[] colour, int[][] edges) {
    int n = colour.length;
    Integer[] sorted = new Integer[n];
    Arrays.setAll(sorted, i -> i);
    Arrays.sort(sorted, (a, b) -> Integer.compare(colour[a], colour[b]));
    int[] nodes = new int[n];
    int[] classes = new int[n];
    for (int p = 0; p < n; p++) {
      nodes[p] = sorted[p];
      classes[p] = p > 0 && colour[sorted[p - 1]] == colour[sorted[p]] ? classes[p - 1] : p;
    }
    Classes c = new Classes(ALONE, nodes, classes, edges).refine();
    int[] first = new int[n];
    for (int i = 0; i < n; i++) {
      int[] same = c.sameAs(i);
      first[i] = Arrays.stream(same).min().orElseThrow();
      assertEquals(same.length, c.size(i));
      for (int s : same) {
        assertEquals(c.of(i), c.of(s));
        assertEquals(c.first(i), c.first(s));
      }
    }
    return first;
  }

  /** The same, by what the definition says: all are compared until nothing changes. */
  private static int[] expected(int[] colour, int[][] edges) {
    int n = colour.length;
    int[] of = colour.clone();
    for (int round = 0; round <= n; round++) {
      Map<List<Integer>, Integer> numbers = new HashMap<>();
      int[] next = new int[n];
      for (int i = 0; i < n; i++) {
        Integer[] key = new Integer[edges[i].length + 1];
        key[0] = of[i];
        for (int e = 0; e < edges[i].length; e++) {
          key[e + 1] = of[edges[i][e]];
        }
        next[i] = numbers.computeIfAbsent(List.of(key), k -> numbers.size());
      }
      of = next;
    }
    int[] first = new int[n];
    for (int i = n - 1; i >= 0; i--) {
      for (int j = 0; j < n; j++) {
        if (of[j] == of[i]) {
          first[i] = j;
          break;
        }
      }
    }
    return first;
  }

  @Test
  void randomGraphs() {
    Random random = new Random(1);
    for (int round = 0; round < 2000; round++) {
      int n = 1 + random.nextInt(24);
      int colours = 1 + random.nextInt(4);
      int[] colour = new int[n];
      int[][] edges = new int[n][];
      for (int i = 0; i < n; i++) {
        colour[i] = random.nextInt(colours);
        edges[i] = new int[colour[i] % 3];
        for (int e = 0; e < edges[i].length; e++) {
          edges[i][e] = random.nextInt(n);
        }
      }
      assertEquals(
          Arrays.toString(expected(colour, edges)), Arrays.toString(refine(colour, edges)));
    }
  }

  /** Each node refers to the next, and only the last is another one: each round parts one node. */
  @Test
  void chain() {
    int n = 100_000;
    int[] colour = new int[n];
    int[][] edges = new int[n][];
    for (int i = 0; i < n; i++) {
      edges[i] = i == n - 1 ? new int[0] : new int[] {i + 1};
      colour[i] = edges[i].length;
    }
    int[] first = assertTimeout(Duration.ofSeconds(30), () -> refine(colour, edges));
    for (int i = 0; i < n; i++) {
      assertEquals(i, first[i]);
    }
  }

  /** Two rings of the same length are equal, and so are all nodes in them. */
  @Test
  void rings() {
    int n = 6;
    int[][] edges = new int[n][];
    for (int i = 0; i < n; i++) {
      edges[i] = new int[] {i / 3 * 3 + (i + 1) % 3};
    }
    assertEquals("[0, 0, 0, 0, 0, 0]", Arrays.toString(refine(new int[n], edges)));
    assertEquals(
        "[0, 1, 2, 0, 1, 2]", Arrays.toString(refine(new int[] {1, 2, 3, 1, 2, 3}, edges)));
  }
}
