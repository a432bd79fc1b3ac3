package tern;

/** What a program stands on. */
public enum Library {
  /** Nothing: its own functions, and calls of the kernel. */
  NONE,
  /** The system's C library, whose functions can be called. */
  C
}
