package tern.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs a program that is in memory, as a process of its own; no file is written. */
public final class Run {
  private Run() {}

  /**
   * What a program has done.
   *
   * @param status its exit status; 128 and the signal's number where it was ended by one
   */
  public record Result(int status, String out, String err) {}

  /** Runs it with the streams of this process. */
  public static int inherited(Memfd program, List<String> args)
      throws IOException, InterruptedException {
    return new ProcessBuilder(command(program, args)).inheritIO().start().waitFor();
  }

  /** Runs it with the input and keeps what it prints. */
  public static Result captured(Memfd program, List<String> args, String input)
      throws IOException, InterruptedException {
    Process p = new ProcessBuilder(command(program, args)).start();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Thread errors = Thread.ofVirtual().start(() -> copy(p.getErrorStream(), err));
    try (OutputStream in = p.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // a program need not read its input
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    copy(p.getInputStream(), out);
    errors.join();
    return new Result(
        p.waitFor(), out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static List<String> command(Memfd file, List<String> args) {
    List<String> command = new ArrayList<>(List.of(file.path().toString()));
    command.addAll(args);
    return command;
  }

  private static void copy(InputStream from, OutputStream to) {
    try {
      from.transferTo(to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
