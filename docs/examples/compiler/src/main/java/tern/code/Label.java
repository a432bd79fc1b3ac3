package tern.code;

import java.util.ArrayList;
import java.util.List;

/** A place in a function that jumps lead to, known before or after they are written. */
final class Label {
  /** Offset in the section; -1 while it isn't known. */
  int at = -1;

  /** Fields of four bytes that wait for it; each counts from its own end. */
  final List<Integer> fields = new ArrayList<>();
}
