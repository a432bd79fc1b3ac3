package io.jld.icf;

import io.jld.asmb.Tasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Classes of equal nodes of a graph: the coarsest that are finer than those given, and in which the
 * edges of equal nodes, one after the other, lead to the same classes. (Partition refinement; what
 * Hopcroft does for automata.) Where a class is parted, the largest part keeps its number, and only
 * what has edges to the others is looked at again, so that each edge is looked at some log n times.
 *
 * <p>Nodes are parted by a hash first, and then compared; which classes there are depends on
 * nothing but the graph.
 */
final class Classes {
  /** Rounds with fewer nodes than this are done by one thread. */
  private static final int MANY = 4096;

  private static final int[] NONE = {};

  private final Tasks tasks;

  /** The nodes, those of a class together; and where each is there. */
  private final int[] order;

  private final int[] position;

  /** The class of each node; where its nodes begin, and how many there are. */
  private final int[] classOf;

  private final int[] start;
  private final int[] size;
  private int count;

  /** For each node the nodes that its edges lead to. */
  private final int[][] edges;

  /** For each node those with an edge to it, from firstBack[node] on. */
  private int[] firstBack = {};

  private int[] back = {};

  /** Whether a node is to be looked at in this round, or in the next one. */
  private final boolean[] dirty;

  private int[] next = new int[64];
  private int nextCount;

  /**
   * @param nodes each of 0 to n-1 once, those of a class together
   * @param classes for each of them, as it stands there, where the nodes of its class begin
   * @param edges for each node the nodes that it has edges to; the same number for all of a class
   */
  Classes(Tasks tasks, int[] nodes, int[] classes, int[][] edges) {
    int n = nodes.length;
    this.tasks = tasks;
    this.edges = edges;
    order = nodes.clone();
    position = new int[n];
    classOf = new int[n];
    start = new int[n];
    size = new int[n];
    dirty = new boolean[n];
    for (int p = 0; p < n; p++) {
      if (classes[p] == p) {
        start[count++] = p;
      }
      position[order[p]] = p;
      classOf[order[p]] = count - 1;
      size[count - 1]++;
    }
  }

  /** Parts classes until no more need be parted. */
  Classes refine() {
    reverse();
    for (int c = 0; c < count; c++) {
      for (int p = start[c]; size[c] > 1 && p < start[c] + size[c]; p++) {
        if (edges[order[p]].length > 0) {
          look(order[p]);
        }
      }
    }
    while (nextCount > 0) {
      int[] nodes = Arrays.copyOf(next, nextCount);
      nextCount = 0;
      round(nodes);
    }
    return this;
  }

  private boolean mayFold(int node) {
    return size[classOf[node]] > 1;
  }

  /** Finds the edges to each node; those from nodes that are alone are of no interest. */
  private void reverse() {
    int n = order.length;
    firstBack = new int[n + 1];
    for (int i = 0; i < n; i++) {
      for (int e : mayFold(i) ? edges[i] : NONE) {
        firstBack[e + 1]++;
      }
    }
    for (int i = 0; i < n; i++) {
      firstBack[i + 1] += firstBack[i];
    }
    back = new int[firstBack[n]];
    int[] at = Arrays.copyOf(firstBack, n);
    for (int i = 0; i < n; i++) {
      for (int e : mayFold(i) ? edges[i] : NONE) {
        back[at[e]++] = i;
      }
    }
  }

  private void look(int node) {
    if (!dirty[node] && mayFold(node)) {
      dirty[node] = true;
      if (nextCount == next.length) {
        next = Arrays.copyOf(next, nextCount * 2);
      }
      next[nextCount++] = node;
    }
  }

  /** Looks at nodes whose edges may lead to other classes than before. */
  private void round(int[] nodes) {
    long[] rows = new long[nodes.length];
    for (int k = 0; k < nodes.length; k++) {
      rows[k] = (long) classOf[nodes[k]] << 32 | nodes[k];
    }
    Arrays.sort(rows);
    long[] hashes = new long[nodes.length];
    if (nodes.length < MANY) {
      hash(rows, hashes, 0, nodes.length);
    } else {
      tasks.forRanges(nodes.length, MANY, (from, to) -> hash(rows, hashes, from, to));
    }
    int[] runs = new int[rows.length + 1];
    int n = 0;
    for (int k = 0; k < rows.length; k++) {
      if (k == 0 || rows[k] >> 32 != rows[k - 1] >> 32) {
        runs[n++] = k;
      }
    }
    runs[n] = rows.length;
    // All are compared before any class is parted: that would change what they are compared by.
    Parting[] partings = new Parting[n];
    if (nodes.length < MANY) {
      compare(rows, hashes, runs, partings, 0, n);
    } else {
      tasks.forRanges(n, 256, (from, to) -> compare(rows, hashes, runs, partings, from, to));
    }
    for (int node : nodes) {
      dirty[node] = false;
    }
    for (Parting p : partings) {
      if (p != null) {
        part(p);
      }
    }
  }

  private void hash(long[] rows, long[] hashes, int from, int to) {
    for (int k = from; k < to; k++) {
      long h = 0;
      for (int e : edges[(int) rows[k]]) {
        h = Shape.mix(h, classOf[e]);
      }
      hashes[k] = h;
    }
  }

  /**
   * A class whose nodes are not all equal any more.
   *
   * @param groups of nodes that are equal; where there is a rest, all others of the class are
   * @param rest how many nodes of the class are in no group
   * @param joined the group that is equal to the rest; -1 for none
   */
  private record Parting(int c, int[][] groups, int rest, int joined) {}

  private void compare(
      long[] rows, long[] hashes, int[] runs, Parting[] partings, int from, int to) {
    for (int r = from; r < to; r++) {
      partings[r] = compare((int) (rows[runs[r]] >> 32), rows, hashes, runs[r], runs[r + 1]);
    }
  }

  /** How a class is to be parted, some of whose nodes are in some rows; null where it is not. */
  private Parting compare(int c, long[] rows, long[] hashes, int from, int to) {
    int rest = size[c] - (to - from);
    int other = rest == 0 ? -1 : notDirty(c);
    int first = (int) rows[from];
    boolean alike = other < 0 || isAs(first, other);
    for (int k = from + 1; k < to && alike; k++) {
      alike = hashes[k] == hashes[from] && isAs(first, (int) rows[k]);
    }
    if (alike) {
      return null;
    }
    int[][] groups = groups(rows, hashes, from, to);
    int joined = -1;
    for (int g = 0; g < groups.length && other >= 0 && joined < 0; g++) {
      joined = isAs(groups[g][0], other) ? g : -1;
    }
    return new Parting(c, groups, rest, joined);
  }

  private int notDirty(int c) {
    int p = start[c];
    while (dirty[order[p]]) {
      p++;
    }
    return order[p];
  }

  /** The nodes of some rows of one class; those with the same edges are a group. */
  private int[][] groups(long[] rows, long[] hashes, int from, int to) {
    int n = to - from;
    int mask = (Integer.highestOneBit(n) << 1) - 1;
    long[] sorted = new long[n];
    for (int k = 0; k < n; k++) {
      sorted[k] = (hashes[from + k] & ~(long) mask) | k;
    }
    Arrays.sort(sorted);
    List<int[]> groups = new ArrayList<>();
    for (int k = 0; k < n; ) {
      int end = k + 1;
      while (end < n && ((sorted[k] ^ sorted[end]) & ~(long) mask) == 0) {
        end++;
      }
      int[] nodes = new int[end - k];
      for (int i = k; i < end; i++) {
        nodes[i - k] = (int) rows[from + ((int) sorted[i] & mask)];
      }
      split(nodes, groups);
      k = end;
    }
    return groups.toArray(int[][]::new);
  }

  /** Nodes with the same hash are one group, but for a collision. */
  private void split(int[] nodes, List<int[]> groups) {
    int[] left = nodes;
    while (left.length > 0) {
      int[] same = new int[left.length];
      int[] others = new int[left.length];
      int n = 0;
      int m = 0;
      for (int node : left) {
        if (isAs(left[0], node)) {
          same[n++] = node;
        } else {
          others[m++] = node;
        }
      }
      groups.add(Arrays.copyOf(same, n));
      left = Arrays.copyOf(others, m);
    }
  }

  /** Whether the edges of two nodes of one class lead to the same classes. */
  private boolean isAs(int a, int b) {
    int[] x = edges[a];
    int[] y = edges[b];
    for (int i = 0; i < x.length; i++) {
      if (classOf[x[i]] != classOf[y[i]]) {
        return false;
      }
    }
    return true;
  }

  /** Parts a class: the largest part keeps its number. */
  private void part(Parting p) {
    int[][] parts = p.groups();
    if (p.rest() > 0) {
      int joined = p.joined() < 0 ? 0 : parts[p.joined()].length;
      int most = p.rest() + joined;
      boolean restIsMost = true;
      for (int[] g : parts) {
        restIsMost &= g.length <= most;
      }
      if (restIsMost) {
        for (int g = 0; g < parts.length; g++) {
          if (g != p.joined()) {
            take(p.c(), parts[g]);
          }
        }
        return;
      }
      parts = withRest(p);
    }
    int largest = 0;
    for (int g = 1; g < parts.length; g++) {
      largest = parts[g].length > parts[largest].length ? g : largest;
    }
    for (int g = 0; g < parts.length; g++) {
      if (g != largest) {
        take(p.c(), parts[g]);
      }
    }
  }

  /** The groups, and the rest as another one; it is no larger than what is looked at anyway. */
  private int[][] withRest(Parting p) {
    Set<Integer> grouped = new HashSet<>();
    for (int g = 0; g < p.groups().length; g++) {
      for (int node : p.groups()[g]) {
        if (g != p.joined()) {
          grouped.add(node);
        }
      }
    }
    int[] rest = new int[size[p.c()] - grouped.size()];
    int n = 0;
    for (int at = start[p.c()]; n < rest.length; at++) {
      if (!grouped.contains(order[at])) {
        rest[n++] = order[at];
      }
    }
    int[][] parts = p.joined() < 0 ? Arrays.copyOf(p.groups(), p.groups().length + 1) : p.groups();
    parts[p.joined() < 0 ? parts.length - 1 : p.joined()] = rest;
    return parts;
  }

  /** Makes some nodes of a class a class of their own. */
  private void take(int c, int[] nodes) {
    int at = start[c] + size[c];
    for (int node : nodes) {
      int other = order[--at];
      int free = position[node];
      order[at] = node;
      position[node] = at;
      order[free] = other;
      position[other] = free;
      classOf[node] = count;
    }
    size[c] -= nodes.length;
    start[count] = at;
    size[count++] = nodes.length;
    for (int node : nodes) {
      for (int b = firstBack[node]; b < firstBack[node + 1]; b++) {
        look(back[b]);
      }
    }
  }

  /** The class of a node. */
  int of(int node) {
    return classOf[node];
  }

  /** How many nodes are in a node's class. */
  int size(int node) {
    return size[classOf[node]];
  }

  /** One node of a node's class, the same for all of them. */
  int first(int node) {
    return order[start[classOf[node]]];
  }

  /** All nodes of a node's class, in any order. */
  int[] sameAs(int node) {
    int from = start[classOf[node]];
    return Arrays.copyOfRange(order, from, from + size(node));
  }
}
