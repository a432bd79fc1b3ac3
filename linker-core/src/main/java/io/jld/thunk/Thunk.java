package io.jld.thunk;

/** A few instructions that go on to the target of branches which do not reach it themselves. */
final class Thunk {
  final Target target;
  final ThunkPool pool;

  /** Where it begins in its pool, in bytes. */
  long offset;

  int size;

  /** What branches refer to: a symbol's number, and what they add to it. */
  record Target(int symbol, long addend) {}

  Thunk(Target target, ThunkPool pool) {
    this.target = target;
    this.pool = pool;
  }

  long addr() {
    return pool.addr() + offset;
  }
}
