package io.jld.cli.map;

import io.jld.link.Linker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** {@code --size-report}: the sizes of this link, beside those of an earlier one, as a page. */
public final class SizeReport extends SizeTree {
  private final OutputStream out;
  private final String baseName;
  private final Base base;
  private final boolean demangle;
  private final SizeTree before = new SizeTree();

  /** Opens the earlier map. */
  public interface Base {
    InputStream open() throws IOException;
  }

  /**
   * @param out gets the page; it is flushed at the end, and not closed
   * @param baseName of the earlier map; empty: there is none
   * @param demangle whether names are shown as the source has them
   */
  public SizeReport(OutputStream out, String baseName, Base base, boolean demangle) {
    this.out = out;
    this.baseName = baseName;
    this.base = base;
    this.demangle = demangle;
  }

  /** Reads the earlier map first: {@code --map-json} may be about to write into the same file. */
  @Override
  public void output(Output o) {
    super.output(o);
    if (!baseName.isEmpty()) {
      try (InputStream in = base.open()) {
        MapJsonReader.read(in, before);
      } catch (IOException e) {
        throw new UncheckedIOException(new IOException(baseName + ": " + e.getMessage(), e));
      }
    }
  }

  @Override
  public void end() {
    super.end();
    SizeGroups groups = new SizeGroups(this, baseName.isEmpty() ? null : before);
    Map<String, String> names = demangle ? Linker.demangled(groups.names()) : Map.of();
    try {
      new SizePage(this, baseName, before.output(), groups, names).write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
