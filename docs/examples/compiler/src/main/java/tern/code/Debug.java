package tern.code;

/** What is said about the code beside it: for unwinders, debuggers, and the linker's messages. */
public final class Debug {
  private Debug() {}

  public static void write(Code code, String source) {
    if (!code.functions.isEmpty()) {
      Frames.write(code);
      DebugInfo.write(code, source);
    }
  }
}
