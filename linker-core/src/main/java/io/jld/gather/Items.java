package io.jld.gather;

import java.util.Arrays;

/**
 * What belongs to a description, in the order of the link: numbers of input sections, and the
 * complements of indices of what is none.
 */
final class Items {
  private int[] list = {};
  private int count;

  void add(int item) {
    if (count == list.length) {
      list = Arrays.copyOf(list, Math.max(4, 2 * count));
    }
    list[count++] = item;
  }

  int count() {
    return count;
  }

  int get(int i) {
    return list[i];
  }
}
