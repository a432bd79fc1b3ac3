package io.jld.cli.worker;

import io.jld.cli.Main;
import io.jld.cli.Surroundings;
import io.jld.cli.TextStream;
import io.jld.cli.resident.Arguments;
import io.jld.cli.resident.Cancellation;
import io.jld.cli.resident.Ending;
import io.jld.cli.resident.Links;
import io.jld.cli.resident.Posix;
import io.jld.cli.resident.Turn;
import io.jld.cli.resident.Workplace;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** One request on its way: a link, and what it says. */
final class Job implements Runnable, Turn.Command {
  private final Worker worker;
  private final Request request;
  private final Map<Path, String> digests = new HashMap<>();
  private Transcript transcript = new Transcript();
  private Executor helpers;
  private Arguments arguments;

  private final Cancellation cancellation = new Cancellation();

  Job(Worker worker, Request request) {
    this.worker = worker;
    this.request = request;
  }

  Request request() {
    return request;
  }

  /** Nobody wants it any more. */
  void cancel() {
    cancellation.cancel();
  }

  @Override
  public void run() {
    int status = 1;
    cancellation.begin();
    try {
      status = link();
      if (status == Main.COLD) {
        status = 1;
        say(
            DiagnosticCode.PLUGIN,
            "an input has to be compiled by a linker plug-in, which a worker does not load: link"
                + " without a worker");
      }
    } catch (Arguments.Unusable e) {
      say(
          DiagnosticCode.UNREADABLE_FILE,
          e.getMessage() + ": a worker has no such file, or would wait for it");
    } catch (IOException | InvalidPathException e) {
      say(
          DiagnosticCode.UNREADABLE_FILE,
          "sandbox_dir " + request.sandboxDir() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      // cancelled while it waited
    } catch (OutOfMemoryError e) {
      transcript = new Transcript();
      say(DiagnosticCode.OUT_OF_MEMORY, "out of memory");
    } catch (RuntimeException | Error e) {
      say(DiagnosticCode.INTERNAL_ERROR, "internal error: " + e + "; please report it");
      e.printStackTrace(); // into the log
    }
    boolean given = cancellation.end() && status != 0;
    worker.answer(
        this, new Response(status, given ? "" : transcript.text(), request.requestId(), given));
    worker.links().collect();
  }

  private void say(DiagnosticCode code, String message) {
    transcript.writer().print(error(code, message));
  }

  /** A line as links print them. */
  static String error(DiagnosticCode code, String message) {
    return "jld: error: " + Diagnostic.error(code, Location.NONE, message).text() + "\n";
  }

  private int link() throws IOException, InterruptedException {
    Workplace workplace = worker.links().workplace();
    String sandbox = request.sandboxDir();
    // By way of its descriptor, wherever this thread is.
    Path home = Path.of("/proc/self/fd/" + workplace.home());
    int directory =
        sandbox.isEmpty()
            ? workplace.home()
            : Posix.open(home.resolve(NameBytes.path(sandbox)), Posix.O_PATH);
    try {
      helpers = worker.links().helpers(directory, workplace.umask());
      return new Turn(worker.links()).run(directory, workplace.umask(), this);
    } finally {
      if (!sandbox.isEmpty()) {
        Posix.close(directory);
      }
    }
  }

  @Override
  public long prepare() throws IOException {
    List<String> all = new ArrayList<>(worker.arguments());
    all.addAll(request.arguments());
    arguments = Arguments.of(all.toArray(String[]::new));
    for (Request.Input input : request.inputs()) {
      try {
        digests.put(NameBytes.path(input.path()), input.digest());
      } catch (InvalidPathException e) {
        // nor can there be such an argument
      }
    }
    return arguments.inputBytes();
  }

  @Override
  public int attempt(boolean last) {
    Links links = worker.links();
    return Main.run(
        arguments.expanded(),
        new Surroundings(
            worker.environment(),
            new TextStream(transcript.writer()),
            new TextStream(transcript.writer()),
            null,
            () -> "cannot be written",
            null,
            helpers,
            links.threads(),
            this::beforeOutput,
            () -> !last && transcript.isEmpty(),
            false,
            all -> links.session().link(all, digests)));
  }

  /** The last moment to think better of it. */
  private void beforeOutput() {
    Ending.waitWhereProcessEnds();
    if (worker.isAbandoned()) {
      Thread.currentThread().interrupt();
    }
  }
}
