package io.jld.cli.server;

import io.jld.cli.Main;
import io.jld.cli.Surroundings;
import io.jld.cli.resident.Arguments;
import io.jld.cli.resident.Cancellation;
import io.jld.cli.resident.Ending;
import io.jld.cli.resident.Links;
import io.jld.cli.resident.Turn;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** One client's command line on its way: read, run when it is its turn, answered. */
final class Job implements Runnable {
  private final Server server;
  private final Slot slot;
  private final Relay relay;
  private final Turn turn;
  private final int pid;
  private final int count;

  private final Cancellation cancellation = new Cancellation();

  /**
   * @param count of the client's arguments
   */
  Job(Server server, Slot slot, int pid, int count) {
    this.server = server;
    this.slot = slot;
    this.pid = pid;
    this.count = count;
    relay = new Relay(slot);
    turn = new Turn(server.links());
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
  void cancel() {
    cancellation.cancel();
  }

  @Override
  public void run() {
    cancellation.begin();
    String answer = "cold";
    try (Client client = new Client(pid, slot, count, server.credentials())) {
      server.checkIntact();
      answer =
          switch (client.action()) {
            case "" -> {
              int status = link(client);
              yield status == Main.COLD ? "cold" : "done " + status;
            }
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
      cancellation.end();
      relay.end();
      server.answer(this, answer);
    }
    server.links().collect();
  }

  private int print(Client client, String text) {
    try (Streams streams = new Streams(client)) {
      streams.out.println(text);
      return streams.out.checkError() ? 1 : 0;
    }
  }

  private int link(Client client) throws IOException, InterruptedException {
    int status = turn.run(client.directory(), client.umask(), new Link(client));
    if (status == Main.COLD) {
      server.sentBack();
    } else {
      server.served();
    }
    return status;
  }

  private final class Link implements Turn.Command {
    private final Client client;
    private Arguments args;

    Link(Client client) {
      this.client = client;
    }

    @Override
    public long prepare() throws IOException {
      args = client.arguments();
      return args.inputBytes();
    }

    @Override
    public int attempt(boolean last) {
      Links links = server.links();
      try (Streams streams = new Streams(client)) {
        int status =
            Main.run(
                args.expanded(),
                new Surroundings(
                    client.environment(),
                    streams.out,
                    streams.err,
                    Path.of("/proc/" + pid + "/fd/" + Slot.STDERR),
                    streams.stdout::failure,
                    null,
                    links.helpers(client.directory(), client.umask()),
                    links.threads(),
                    Job.this::beforeOutput,
                    () -> !last && !streams.isUsed(),
                    false,
                    links.session()::link));
        streams.out.checkError();
        streams.err.checkError();
        return status;
      }
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
      turn.pause();
    }

    @Override
    public boolean end() {
      turn.resume();
      return !cancellation.isCancelled();
    }

    @Override
    public void close() {
      stdout.end();
      stderr.end();
    }
  }
}
