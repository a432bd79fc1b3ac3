package io.jld.cli.server;

import io.jld.cli.Main;
import io.jld.cli.Surroundings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** One client's command line on its way: read, run once it has a place, answered. */
final class Job implements Runnable {
  private final Server server;
  private final Slot slot;
  private final Relay relay;
  private final int pid;
  private final int count;

  /** The thread that links; null before and after. */
  private Thread thread;

  private boolean cancelled;

  /** Places at the gate that this has now. */
  private int places;

  /**
   * @param count of the client's arguments
   */
  Job(Server server, Slot slot, int pid, int count) {
    this.server = server;
    this.slot = slot;
    this.pid = pid;
    this.count = count;
    relay = new Relay(slot);
  }

  Slot slot() {
    return slot;
  }

  Relay relay() {
    return relay;
  }

  int pid() {
    return pid;
  }

  /** Nobody waits for it any more. */
  synchronized void cancel() {
    cancelled = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  private synchronized void begin() {
    thread = Thread.currentThread();
    if (cancelled) {
      thread.interrupt();
    }
  }

  private synchronized void end() {
    thread = null;
    Thread.interrupted();
  }

  @Override
  public void run() {
    begin();
    String answer = "cold";
    try (Client client = new Client(pid, slot, count, server.credentials())) {
      server.checkIntact();
      answer =
          switch (client.action()) {
            case "" -> "done " + link(client);
            case "start" -> "done " + print(client, "jld: server " + Server.pid() + " is running");
            case "status" -> "done " + print(client, server.status());
            case "stop" -> {
              server.stop();
              yield "done 0";
            }
            default -> "cold";
          };
    } catch (IOException e) {
      server.sentBack();
    } catch (InterruptedException e) {
      answer = "cold"; // to nobody
    } finally {
      end();
      relay.end();
      server.answer(this, answer);
    }
  }

  private int print(Client client, String text) {
    try (Streams streams = new Streams(client)) {
      streams.out.println(text);
      return streams.out.checkError() ? 1 : 0;
    }
  }

  private int link(Client client) throws IOException, InterruptedException {
    Workplace workplace = server.workplace();
    Gate gate = server.gate();
    int status;
    if (workplace.isOfThreads()) {
      workplace.enter(client.directory(), client.umask());
      try {
        String[] args = client.arguments();
        enter(gate.placesFor(client.inputBytes()));
        status = link(client, args, places == gate.places());
      } finally {
        leave();
        workplace.leave();
      }
    } else {
      enter(1);
      try {
        workplace.enter(client.directory(), client.umask());
        status = link(client, client.arguments(), true);
      } finally {
        workplace.leave();
        leave();
      }
    }
    server.served();
    return status;
  }

  private void enter(int n) throws InterruptedException {
    server.gate().enter(n);
    places = n;
  }

  private void leave() {
    server.gate().leave(places);
    places = 0;
  }

  private int link(Client client, String[] args, boolean alone) throws InterruptedException {
    boolean last = alone && server.session().files() == 0;
    int status = attempt(client, args, last);
    if (status == Main.AGAIN) {
      leave();
      enter(server.gate().places());
      server.session().clear();
      status = attempt(client, args, true);
    }
    return status;
  }

  /**
   * @param last whether neither other links nor what they have left can have taken the memory; else
   *     the answer may be {@link Main#AGAIN}, as long as nothing has been printed
   */
  private int attempt(Client client, String[] args, boolean last) {
    try (Streams streams = new Streams(client)) {
      int status =
          Main.run(
              args,
              new Surroundings(
                  client.environment(),
                  streams.out,
                  streams.err,
                  Path.of("/proc/" + pid + "/fd/" + Slot.STDERR),
                  streams.stdout::failure,
                  null,
                  server.helpers(client.directory(), client.umask()),
                  server.threads(),
                  this::beforeOutput,
                  () -> !last && !streams.isUsed(),
                  server.session()));
      streams.out.checkError();
      streams.err.checkError();
      return status;
    }
  }

  /** A client that is gone has not asked for an output. */
  private void beforeOutput() {
    Ending.waitWhereProcessEnds();
    if (slot.isAbandoned()) {
      Thread.currentThread().interrupt();
    }
  }

  /** The client's streams. */
  private final class Streams implements AutoCloseable, Stream.Pause {
    final Stream stdout;
    final Stream stderr;
    final PrintStream out;
    final PrintStream err;

    Streams(Client client) {
      stdout = new Stream(client.pid(), Slot.STDOUT, relay, this);
      stderr = new Stream(client.pid(), Slot.STDERR, relay, this);
      out = stdout.print();
      err = stderr.print();
    }

    boolean isUsed() {
      return stdout.isUsed() || stderr.isUsed();
    }

    @Override
    public void begin() {
      if (server.workplace().isOfThreads()) {
        server.gate().leave(places);
      }
    }

    @Override
    public boolean end() {
      if (server.workplace().isOfThreads()) {
        server.gate().enterForSure(places);
      }
      synchronized (Job.this) {
        return !cancelled;
      }
    }

    @Override
    public void close() {
      stdout.end();
      stderr.end();
    }
  }
}
