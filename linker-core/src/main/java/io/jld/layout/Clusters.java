package io.jld.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An order of functions by which those that call each other often lie side by side: call-chain
 * clustering (Ottoni and Maher, "Optimizing Function Placement for Large-Scale Data-Center
 * Applications", CGO 2017), with the limits and the ties of lld's {@code CallGraphSort}, so that
 * both give the same order.
 *
 * <p>Each section is a cluster at first. Those whose bytes are run most often are looked at first:
 * a cluster goes behind that of its most frequent caller. What is left is put into the order of
 * calls per byte.
 */
final class Clusters {
  /** By how much joining two clusters may lower the density of the caller's. */
  private static final int MAX_DENSITY_DEGRADATION = 8;

  /** Bytes of a cluster at most: beyond the reach of a TLB's entry it is of no use. */
  private static final long MAX_SIZE = 1 << 20;

  /** The number of a section's cluster, in the order in which the profile names them. */
  private final Map<Integer, Integer> clusterOf = new HashMap<>();

  // By cluster.
  private int[] section = new int[16];
  private long[] size = new long[16];
  private double[] weight = new double[16];
  private double[] ownWeight;
  private int[] bestCaller = new int[16];
  private double[] bestWeight = new double[16];
  private int[] next;
  private int[] last;
  private int[] leader;
  private int count;

  private int cluster(int id, long bytes) {
    Integer known = clusterOf.get(id);
    if (known != null) {
      return known;
    }
    if (count == section.length) {
      section = Arrays.copyOf(section, 2 * count);
      size = Arrays.copyOf(size, 2 * count);
      weight = Arrays.copyOf(weight, 2 * count);
      bestCaller = Arrays.copyOf(bestCaller, 2 * count);
      bestWeight = Arrays.copyOf(bestWeight, 2 * count);
    }
    section[count] = id;
    size[count] = bytes;
    bestCaller[count] = -1;
    clusterOf.put(id, count);
    return count++;
  }

  /**
   * Adds the calls from one section to another; each pair once.
   *
   * @param calls how many there are, an unsigned number
   */
  void add(int from, long fromSize, int to, long toSize, long calls) {
    int caller = cluster(from, fromSize);
    int called = cluster(to, toSize);
    double w = unsigned(calls);
    weight[called] += w;
    if (caller != called && (bestCaller[called] < 0 || bestWeight[called] < w)) {
      bestCaller[called] = caller;
      bestWeight[called] = w;
    }
  }

  private static double unsigned(long calls) {
    return calls >= 0 ? calls : (calls >>> 1) * 2.0;
  }

  /** The sections in their order. */
  int[] order() {
    ownWeight = weight.clone();
    next = new int[count];
    last = new int[count];
    leader = new int[count];
    for (int c = 0; c < count; c++) {
      next[c] = -1;
      last[c] = c;
      leader[c] = c;
    }
    for (int c : byDensity()) {
      join(c);
    }
    int[] order = new int[count];
    int n = 0;
    for (int c : byDensity()) {
      for (int i = leader[c] == c ? c : -1; i >= 0; i = next[i]) {
        order[n++] = section[i];
      }
    }
    return order;
  }

  private double density(int c) {
    return size[c] == 0 ? 0 : weight[c] / size[c];
  }

  /** The clusters in the order of their densities, the highest first; stable. */
  private List<Integer> byDensity() {
    List<Integer> sorted = new ArrayList<>(count);
    for (int c = 0; c < count; c++) {
      sorted.add(c);
    }
    sorted.sort((a, b) -> Double.compare(density(b), density(a)));
    return sorted;
  }

  private int leader(int c) {
    int at = c;
    while (leader[at] != at) {
      leader[at] = leader[leader[at]];
      at = leader[at];
    }
    return at;
  }

  /** Puts a cluster behind that of its best caller, if that is worth it. */
  private void join(int c) {
    if (bestCaller[c] < 0 || bestWeight[c] * 10 <= ownWeight[c]) {
      return; // no caller is likely
    }
    int into = leader(bestCaller[c]);
    if (into == c || size[c] + size[into] > MAX_SIZE) {
      return;
    }
    double density = (weight[into] + weight[c]) / (size[into] + size[c]);
    if (density < density(into) / MAX_DENSITY_DEGRADATION) {
      return;
    }
    leader[c] = into;
    next[last[into]] = c;
    last[into] = last[c];
    size[into] += size[c];
    weight[into] += weight[c];
    size[c] = 0;
    weight[c] = 0;
  }
}
