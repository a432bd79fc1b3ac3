package io.jld.cli.server;

import io.jld.cli.resident.Ending;
import io.jld.cli.resident.Gate;
import io.jld.cli.resident.Links;
import io.jld.cli.resident.Posix;
import io.jld.cli.resident.Workplace;
import io.jld.link.Linker;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The server: takes requests from the FIFO and gives each to a thread. It ends when it is told to,
 * when nobody has asked for anything for a while, and when it is not what clients look for any
 * more.
 */
final class Server {
  /** Clients at once; others link cold. Each slot is a FIFO and a descriptor. */
  private static final int SLOTS = 256;

  private static final int TICK_MILLIS = 5000;

  private final Home home;
  private final Distribution distribution;
  private final Credentials credentials;
  private final Links links;
  private final Gate gate;
  private final Duration idle;
  private final long keep;
  private final Linker.Session session;
  private final List<Slot> slots = new ArrayList<>();
  private final Watch watch = new Watch();
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong sentBack = new AtomicLong();
  private final long start = System.nanoTime();
  private volatile long lastUse = System.nanoTime();
  private volatile boolean stopping;
  private boolean resting;

  /**
   * @param keep bytes of the heap for what links keep of their files
   */
  Server(Home home, Distribution distribution, Workplace workplace, Duration idle, long keep)
      throws IOException {
    this.keep = keep;
    links = new Links(workplace, keep);
    gate = links.gate();
    session = links.session();
    this.home = home;
    this.distribution = distribution;
    this.idle = idle;
    credentials = Credentials.own();
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new Slot(home.generation(), i));
    }
  }

  /** Serves until the end. */
  void run() throws IOException {
    Path fifo = home.generation().resolve("requests");
    Posix.mkfifo(fifo);
    // Open for writing as well: it never ends.
    try (FileChannel requests =
        FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      start("watch", watch);
      start("tick", this::tick);
      home.announce(SLOTS);
      ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
      while (!stopping) {
        if (requests.read(bytes) > 0) {
          take(bytes);
        }
      }
    }
  }

  private static void start(String name, Runnable work) {
    Thread.ofPlatform().daemon().name(name).start(work);
  }

  /** Takes the lines that are whole. */
  private void take(ByteBuffer bytes) {
    byte[] all = bytes.array();
    int from = 0;
    for (int i = 0; i < bytes.position(); i++) {
      if (all[i] == '\n') {
        try {
          request(NameBytes.string(all, from, i - from));
        } catch (RuntimeException | OutOfMemoryError e) {
          e.printStackTrace(); // into the log
        }
        from = i + 1;
      }
    }
    bytes.limit(bytes.position()).position(from);
    bytes.compact();
    if (!bytes.hasRemaining()) {
      bytes.clear(); // no client writes such a line
    }
  }

  /** {@code PID SLOT COUNT} begins a job; {@code PID SLOT printed [FAILURE]} is about one. */
  private void request(String line) {
    String[] words = line.split(" ", 4);
    int pid = Integer.parseInt(words[0]);
    Slot slot = slots.get(Integer.parseInt(words[1]));
    Job job = watch.of(slot);
    if (words[2].equals("printed")) {
      if (job != null && job.pid() == pid) {
        job.relay().printed(words.length > 3 ? words[3] : "");
      }
    } else if (job == null) {
      lastUse = System.nanoTime();
      job = new Job(this, slot, pid, Integer.parseInt(words[2]));
      watch.add(job);
      try {
        links.begin(job);
      } catch (RuntimeException | OutOfMemoryError e) { // no more threads
        sentBack();
        answer(job, "cold");
      }
    }
  }

  /** Ends a job. */
  void answer(Job job, String answer) {
    Ending.waitWhereProcessEnds();
    lastUse = System.nanoTime();
    job.slot().tell(answer);
    watch.remove(job);
    if (!stopping) {
      renew(job.slot());
    } else if (watch.isIdle()) {
      end();
    }
  }

  private void renew(Slot slot) {
    try {
      slot.renew();
    } catch (IOException e) {
      e.printStackTrace(); // the slot stays taken; without a directory there is no use for it
    }
  }

  Credentials credentials() {
    return credentials;
  }

  Links links() {
    return links;
  }

  void served() {
    served.incrementAndGet();
  }

  void sentBack() {
    sentBack.incrementAndGet();
  }

  /**
   * Looks whether this is the server that a client means.
   *
   * @throws IOException where it is not; it ends then
   */
  void checkIntact() throws IOException {
    if (stopping) {
      throw new IOException("ending");
    }
    try {
      home.check();
      if (!distribution.isUnchanged()) {
        throw new IOException("the distribution has changed");
      }
    } catch (IOException e) {
      stop();
      throw e;
    }
  }

  /** From now on another server may be started; this one ends when its links have. */
  void stop() {
    stopping = true;
    home.leave();
  }

  /** What {@code --server=status} prints. */
  String status() {
    Runtime heap = Runtime.getRuntime();
    return """
    server %d
    since: %s
    links: %d, and %d sent back
    places: %d of %d taken, %d clients waiting
    kept: %d files of %d MiB, %d MiB of the heap, at most %d MiB
    heap: %d MiB used, %d MiB taken, at most %d MiB\
    """
        .formatted(
            pid(),
            Instant.now().minusNanos(System.nanoTime() - start).truncatedTo(ChronoUnit.SECONDS),
            served.get(),
            sentBack.get(),
            gate.running(),
            gate.places(),
            gate.waiting(),
            session.files(),
            session.mappedBytes() >> 20,
            session.heapBytes() >> 20,
            keep >> 20,
            heap.totalMemory() - heap.freeMemory() >> 20,
            heap.totalMemory() >> 20,
            heap.maxMemory() >> 20);
  }

  static long pid() {
    return ProcessHandle.current().pid();
  }

  private void tick() {
    while (true) {
      try {
        Thread.sleep(TICK_MILLIS);
        look();
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        if (watch.isIdle()) {
          end();
        }
      } catch (RuntimeException | OutOfMemoryError e) {
        e.printStackTrace(); // into the log
      }
    }
  }

  private void look() throws IOException {
    long unused = System.nanoTime() - lastUse;
    boolean busy = gate.running() + gate.waiting() > 0;
    if (!busy && unused > idle.toNanos()) {
      stop();
    }
    checkIntact();
    for (Slot slot : slots) {
      if (watch.of(slot) == null && slot.isLeft() && watch.of(slot) == null) {
        renew(slot);
      }
    }
    // What links have left is given back once, when there is time.
    boolean rests = !busy && unused > TICK_MILLIS * 1_000_000L;
    if (rests && !resting) {
      System.gc();
    }
    resting = rests;
  }

  /** Ends the process. Clients that still wait link themselves. */
  private void end() {
    home.remove();
    Runtime.getRuntime().exit(0); // with the hooks, which remove what links under way have written
  }
}
