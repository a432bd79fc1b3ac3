package io.jld.cli;

import io.jld.asmb.OutBuf;
import io.jld.link.LinkException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.LongFunction;

/**
 * The program that {@code jld --rebuild-cache} runs while the JVM takes down which classes are
 * loaded and which lambdas are made (JEP 483): it links as the command line does, once for each
 * response file. All that it loads is in the cache then, and each process that uses the cache loads
 * all that is in it, needed or not; so what makes the files is a program of its own ({@link
 * TrainingLinks}). A link that fails here only makes others slower.
 */
final class Training {
  private static final long LARGE_OUTPUT = 64L << 20;

  private Training() {}

  /**
   * Trains; the status is 1 where a link has failed.
   *
   * @param args the response files, in order
   */
  public static void main(String[] args) {
    Runtime.getRuntime().halt(run(args, System.err));
  }

  /**
   * Trains in this process.
   *
   * @param files the response files, in order
   * @param messages of links that fail
   * @return 0, or 1 where a link has failed
   */
  static int run(String[] files, PrintStream messages) {
    PrintStream out =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    reserve(Path.of(files[0] + ".large"));
    keepForms();
    new Progress(out, true).close(); // a link has one where its standard error is a terminal
    int status = Main.run(new String[] {"--version"}, out, messages); // what configure scripts ask
    for (String file : files) {
      // Mappings are never given up, as in a process that runs one link.
      status |=
          Main.run(
              new String[] {"@" + file}, Surroundings.inProcess(out, messages, Arena.global()));
    }
    return status;
  }

  /** Makes room for a large output, which takes a system call; a full disk is no failure here. */
  private static void reserve(Path file) {
    OutBuf out = OutBuf.create(ByteOrder.LITTLE_ENDIAN, Arena.global());
    try {
      out.open(file);
      out.mmap(LARGE_OUTPUT);
    } catch (LinkException e) {
      // links will tell
    } finally {
      out.discard();
    }
  }

  /**
   * The first memory segment of an array makes method handles for functions from {@code long} (and
   * an object) to an object. JDK 25 keeps such handles' forms in the cache only where they are
   * those of a lambda, and makes a class for each of the others in each process: 2 ms.
   */
  private static void keepForms() {
    LongFunction<Object> one = address -> null;
    FromLong two = (address, o) -> o;
    if (one.apply(0) != null || two.of(0, null) != null) {
      throw new AssertionError();
    }
  }

  private interface FromLong {
    Object of(long address, Object o);
  }
}
