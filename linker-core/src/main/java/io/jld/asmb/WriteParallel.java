package io.jld.asmb;

import java.util.ArrayList;
import java.util.List;

/**
 * Schedules {@link WriteFn}s, each over a view of the output:
 *
 * <pre>{@code
 * WriteParallel wp = new WriteParallel(ctxt);
 * for (Segment segment : ctxt.segments()) {
 *   for (Section section : segment.sections()) {
 *     wp.add(Blocks::datblk, section.fileOffset(), section.vaddr(), section.length());
 *   }
 * }
 * wp.await();
 * }</pre>
 *
 * <p>Where no view can be had, {@link #add} writes in place. The ranges must not overlap. For one
 * thread.
 *
 * @since 0.1
 */
public final class WriteParallel {
  /** So many bytes in all are not worth waking another thread for; they take less than 0.1 ms. */
  private static final long SMALL = 256 << 10;

  private final Link ctxt;
  private final List<Job> jobs = new ArrayList<>();

  private record Job(WriteFn fn, OutBuf view, long vaddr, long length) {}

  public WriteParallel(Link ctxt) {
    this.ctxt = ctxt;
  }

  /**
   * @param seek offset in the output in bytes
   * @param vaddr address of the first byte
   * @param length in bytes; nothing is called for 0
   */
  public void add(WriteFn fn, long seek, long vaddr, long length) {
    if (length == 0) {
      return;
    }
    OutBuf out = ctxt.out();
    if (!out.canView()) {
      out.seekSet(seek);
      fn.write(ctxt, out, vaddr, length);
      return;
    }
    OutBuf view = out.view(seek);
    if (ctxt.printBlocks()) {
      view.log(new ArrayList<>());
    }
    jobs.add(new Job(fn, view, vaddr, length));
  }

  /** As {@link #add(WriteFn, long, long, long)} with the section's place. */
  public void add(WriteFn fn, Section section) {
    add(fn, section.fileOffset(), section.vaddr(), section.length());
  }

  /**
   * Runs what was added and returns when all has ended.
   *
   * @throws RuntimeException or Error: what the largest of the jobs that failed has thrown
   */
  public void await() {
    List<Job> inOrder = new ArrayList<>(jobs);
    jobs.clear();
    inOrder.sort((a, b) -> Long.compare(a.view.offset(), b.view.offset()));
    // The large ones first: a small one fits in at the end, a large one would be waited for.
    List<Job> bySize = new ArrayList<>(inOrder);
    bySize.sort((a, b) -> Long.compare(b.length, a.length));
    long bytes = 0;
    for (Job job : inOrder) {
      bytes += job.length;
    }
    if (bytes <= SMALL || ctxt.tasks().threads() == 1) {
      bySize.forEach(this::run);
    } else {
      ctxt.writers().crew(bySize.size(), i -> run(bySize.get(i)));
    }
    for (Job job : inOrder) {
      if (job.view.log() != null) {
        job.view.log().forEach(block -> block.print(ctxt, job.view));
      }
    }
  }

  private void run(Job job) {
    job.fn.write(ctxt, job.view, job.vaddr, job.length);
    job.view.flush();
  }
}
