package io.jld.cli.worker;

import io.jld.cli.ProcessBytes;
import io.jld.cli.resident.Links;
import io.jld.cli.resident.Posix;
import io.jld.cli.resident.Workplace;
import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The worker's process. The launcher starts it with the arguments that it was given itself. */
public final class WorkerMain {
  private WorkerMain() {}

  /**
   * Works until standard input ends: status 0, or 1 after something that is no request.
   *
   * @param given {@code --persistent_worker}, options, and arguments of all links
   */
  public static void main(String[] given) {
    int status = 1;
    try {
      run(ProcessBytes.args(given));
      status = 0;
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      System.err.println("jld: error: --persistent_worker: no request: " + why);
    } catch (OutOfMemoryError e) {
      System.err.println("jld: error: --persistent_worker: out of memory for a request");
    } catch (InterruptedException e) {
      // nobody interrupts this thread
    }
    Runtime.getRuntime().exit(status); // with the hooks, which remove what links have written
  }

  private static void run(String[] given) throws IOException, InterruptedException {
    long keep = Links.keepByDefault();
    List<String> arguments = new ArrayList<>();
    for (String arg : given) {
      long size = Links.keep(arg);
      if (size >= 0) {
        keep = size;
      } else if (!arg.equals("--persistent_worker")) {
        arguments.add(arg);
      }
    }
    int umask = Posix.umask(0);
    Workplace workplace = new Workplace(Path.of("."), umask);
    PushbackInputStream in =
        new PushbackInputStream(
            new BufferedInputStream(new FileInputStream(FileDescriptor.in)), Protocol.LOOK_AHEAD);
    Links links = new Links(workplace, keep);
    new Worker(Protocol.of(in), links, arguments, ProcessBytes.environment("self")).run();
  }
}
