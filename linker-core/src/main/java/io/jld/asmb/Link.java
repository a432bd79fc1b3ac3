package io.jld.asmb;

import io.jld.arch.Arch;
import io.jld.arch.Symbols;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Location;
import io.jld.link.OutputKind;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One link: all that is a global in Go's linker is a member here. What stands in it is set by the
 * passes, each before the first one that reads it, and never changes afterwards.
 *
 * @since 0.1
 */
public abstract class Link {
  private final LinkRequest request;
  private final Arch arch;
  private final Tasks tasks;
  private final OutBuf out;
  private final Writers writers;
  private final OutputKind kind;
  private final boolean relax;
  private final boolean printBlocks;
  private final AtomicInteger notes = new AtomicInteger();

  protected Link(LinkRequest request, Arch arch, Tasks tasks, OutBuf out) {
    this.request = request;
    this.arch = arch;
    this.tasks = tasks;
    this.out = out;
    this.writers = new Writers(tasks);
    this.kind = request.get(LinkOption.OUTPUT_KIND);
    // Start-up code that relocates its own output can't load addresses from the GOT before.
    this.relax =
        request.get(LinkOption.RELAX)
            || (kind == OutputKind.PIE && request.get(LinkOption.NO_DYNAMIC_LINKER));
    this.printBlocks = request.get(LinkOption.PRINT_BLOCKS);
  }

  public final Arch arch() {
    return arch;
  }

  /** The option's value; looks it up, so hot code keeps it. */
  public final <T> T option(LinkOption<T> option) {
    return request.get(option);
  }

  public final LinkRequest request() {
    return request;
  }

  public final OutBuf out() {
    return out;
  }

  public final Tasks tasks() {
    return tasks;
  }

  /** Bounds how many blocks are written at the same time: {@code outSem} in Go's linker. */
  public final Writers writers() {
    return writers;
  }

  public final OutputKind kind() {
    return kind;
  }

  /** Position-independent output: addresses are offsets from where it is loaded. */
  public final boolean isPic() {
    return kind.pic();
  }

  public final boolean isShared() {
    return kind == OutputKind.SHARED;
  }

  /**
   * Whether relaxations are wanted that a correct output does not depend on ({@code --no-relax}).
   */
  public final boolean relax() {
    return relax;
  }

  /**
   * Whether copy relocations may be made ({@code -z nocopyreloc}; {@code -z
   * indirect-extern-access}, whose mark says that there are none).
   */
  public final boolean copyRelocations() {
    List<String> keywords = option(LinkOption.Z_KEYWORDS);
    return !isShared()
        && !keywords.contains("nocopyreloc")
        && !keywords.contains("indirect-extern-access");
  }

  /** Whether every block that is written is to be logged ({@code --print-blocks}). */
  public final boolean printBlocks() {
    return printBlocks;
  }

  public abstract Symbols symbols();

  /** The code symbols in address order. */
  public abstract SymList textp();

  /** The symbols of sections that are loaded and hold no code, in address order. */
  public abstract SymList datap();

  /** The symbols of sections that are not loaded, in order of their places in {@link #segdwarf}. */
  public abstract SymList dwarfp();

  /** Read and execute. */
  public abstract Segment segtext();

  /** Read only; its first section follows the file's headers. */
  public abstract Segment segrodata();

  /** Written by the loader only, then read only ({@code PT_GNU_RELRO}). */
  public abstract Segment segrelrodata();

  /** Read and write. */
  public abstract Segment segdata();

  /** Not loaded: debug information, comments. */
  public abstract Segment segdwarf();

  /** All five segments in file order. */
  public final List<Segment> segments() {
    return List.of(segrodata(), segtext(), segrelrodata(), segdata(), segdwarf());
  }

  /**
   * A section of the output by its name; null if there is none. Known since sections have been
   * made; its address may be a tentative one as long as addresses are given.
   */
  public Section section(String name) {
    for (Segment segment : segments()) {
      for (Section s : segment.sections()) {
        if (s.name().equals(name)) {
          return s;
        }
      }
    }
    return null;
  }

  /**
   * Notes facts about the whole link that a scan has found: bits that the architecture gives a
   * meaning. From any thread.
   */
  public final void note(int bits) {
    if ((notes.get() & bits) != bits) {
      notes.accumulateAndGet(bits, (a, b) -> a | b);
    }
  }

  /** All bits that have been {@linkplain #note noted}; once relocations have been scanned. */
  public final int notes() {
    return notes.get();
  }

  /**
   * Whether the output has a {@code .dynamic} section: it is shared, static-pie, or depends on
   * shared libraries.
   */
  public abstract boolean isDynamic();

  /** Asks for the two GOT slots of the local dynamic TLS model; may be called from any thread. */
  public abstract void needTlsLd();

  /**
   * Asks for the section that {@code _GLOBAL_OFFSET_TABLE_} names, though no slot was asked for;
   * from any thread.
   */
  public abstract void needGotBase();

  /**
   * Notes that code uses the static TLS block ({@code DF_STATIC_TLS}); may be called from any
   * thread.
   */
  public abstract void needStaticTls();

  /** Address of the two GOT slots of the local dynamic model. */
  public abstract long tlsLdSlot();

  /** {@code _GLOBAL_OFFSET_TABLE_}: what that names, {@link io.jld.arch.GotLayout} says. */
  public abstract long gotBase();

  /**
   * Address of the words before the slots of the PLT ({@code .got.plt}, or where its content stands
   * instead).
   */
  public long gotPlt() {
    return gotBase();
  }

  /** Address of {@code .dynamic}; 0 where there is none. */
  public abstract long dynamicAddr();

  /** Address of the TLS segment's first byte: module-relative offsets count from here. */
  public abstract long tlsBegin();

  /**
   * The TLS segment's end, aligned: what the thread pointer stands for in TLS variant II. {@link
   * #threadPointer} says it for either variant.
   */
  public abstract long tlsEnd();

  /**
   * What the thread pointer stands for in an executable, as an address ({@link
   * io.jld.arch.TlsLayout}).
   */
  public long threadPointer() {
    return tlsEnd();
  }

  /** What offsets in this module's TLS block count from, as an address. */
  public final long tlsBase() {
    return tlsBegin() + arch.tlsLayout().dtpBias();
  }

  /**
   * The output's value of a program property ({@code .note.gnu.property}); 0 where it has none.
   * Known from the scan of relocations on.
   *
   * @param type its number, {@code pr_type}
   */
  public abstract long property(int type);

  /**
   * Writes file header, program headers, section headers and symbol table; what {@link Arch#asmb2}
   * mostly is.
   */
  public abstract void writeTables();

  /**
   * Reports; the pass that is running ends before the link fails. May be called from any thread.
   */
  public abstract void report(Diagnostic diagnostic);

  public final void error(DiagnosticCode code, Location location, String message) {
    report(Diagnostic.error(code, location, message));
  }

  public final void warning(DiagnosticCode code, Location location, String message) {
    report(Diagnostic.warning(code, location, message));
  }

  /**
   * A line for the user that is no diagnostic ({@code --print-blocks}); may be called from any
   * thread.
   */
  public abstract void message(String line);
}
