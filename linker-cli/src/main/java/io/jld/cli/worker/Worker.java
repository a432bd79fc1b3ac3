package io.jld.cli.worker;

import io.jld.cli.resident.Ending;
import io.jld.cli.resident.Links;
import io.jld.cli.resident.Posix;
import io.jld.link.DiagnosticCode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The worker: takes requests and gives each to a thread, until there are no more. */
final class Worker {
  /** Descriptor that responses are written to: the launcher's standard output. */
  private static final int RESPONSES = 3;

  /** Milliseconds after which somebody who is gone is missed. */
  private static final int ROUND = 20;

  private final Protocol protocol;
  private final Links links;
  private final List<String> arguments;
  private final Map<String, String> environment;

  /** Those under way, by their numbers. */
  private final Map<Integer, Job> jobs = new HashMap<>();

  /** How many are none any more, but are not answered yet. */
  private int answering;

  /**
   * @param arguments come before those of each request
   */
  Worker(Protocol protocol, Links links, List<String> arguments, Map<String, String> environment) {
    this.protocol = protocol;
    this.links = links;
    this.arguments = arguments;
    this.environment = environment;
  }

  Links links() {
    return links;
  }

  List<String> arguments() {
    return arguments;
  }

  Map<String, String> environment() {
    return environment;
  }

  /**
   * Works until the input ends, and until what is under way then is answered, or nobody reads
   * answers any more.
   *
   * @throws IOException where a request is none
   */
  void run() throws IOException, InterruptedException {
    for (Request r = protocol.read(); r != null; r = protocol.read()) {
      if (r.cancel()) {
        cancel(r.requestId());
      } else {
        take(new Job(this, r));
      }
    }
    synchronized (jobs) {
      while ((!jobs.isEmpty() || answering > 0) && !isAbandoned()) {
        jobs.wait(ROUND);
      }
    }
  }

  /** One that is answered already is nobody's any more, which the sender could not know. */
  private void cancel(int id) {
    synchronized (jobs) {
      Job job = jobs.get(id);
      if (job != null) {
        job.cancel();
      }
    }
  }

  private void take(Job job) throws IOException, InterruptedException {
    Request r = job.request();
    synchronized (jobs) {
      while (r.requestId() == 0 && (jobs.containsKey(0) || answering > 0)) { // in their order
        jobs.wait();
      }
      if (jobs.putIfAbsent(r.requestId(), job) != null) {
        throw new IOException("request_id " + r.requestId() + " is that of one under way");
      }
    }
    String place = r.sandboxDir().isEmpty() ? "the worker's directory" : r.sandboxDir();
    log(r, r.arguments().size() + " arguments in " + place);
    try {
      links.begin(job);
    } catch (RuntimeException | OutOfMemoryError e) { // no more threads
      answer(job, new Response(1, outOfMemory(), r.requestId(), false));
    }
  }

  /** For who asks for it ({@code --worker_verbose}). */
  private static void log(Request r, String message) {
    if (r.verbosity() > 0) {
      System.err.println("jld: worker: request " + r.requestId() + ": " + message);
    }
  }

  /** Ends a job. */
  void answer(Job job, Response response) {
    Ending.waitWhereProcessEnds();
    log(job.request(), response.wasCancelled() ? "cancelled" : "status " + response.exitCode());
    synchronized (jobs) {
      jobs.remove(response.requestId(), job); // before its number may come again
      answering++;
    }
    try {
      send(bytes(response));
    } catch (IOException e) { // the sender is gone
      Runtime.getRuntime().exit(1);
    }
    synchronized (jobs) {
      answering--;
      jobs.notifyAll();
    }
  }

  private byte[] bytes(Response r) throws IOException {
    try {
      return protocol.encode(r);
    } catch (OutOfMemoryError e) {
      return protocol.encode(
          new Response(r.exitCode(), outOfMemory(), r.requestId(), r.wasCancelled()));
    }
  }

  private static String outOfMemory() {
    return Job.error(DiagnosticCode.OUT_OF_MEMORY, "out of memory");
  }

  private synchronized void send(byte[] bytes) throws IOException {
    for (int done = 0; done < bytes.length; ) {
      try {
        done += Posix.write(RESPONSES, bytes, done, bytes.length - done);
      } catch (Posix.Failed e) {
        if (e.errno() != Posix.EAGAIN) {
          throw e;
        }
        Posix.awaitRoom(RESPONSES, ROUND);
      }
    }
  }

  /** Whether nobody reads answers any more. */
  boolean isAbandoned() {
    return Posix.isAbandoned(RESPONSES);
  }
}
