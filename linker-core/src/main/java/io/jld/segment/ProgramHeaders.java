package io.jld.segment;

import static io.jld.elf.Elf.*;

import io.jld.arch.AttributeSection;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The program headers (gABI, chapter 5), which a {@link SegmentMap} makes. */
public final class ProgramHeaders {
  /**
   * One header; addresses and sizes in bytes.
   *
   * @param loadAddr {@code p_paddr}
   */
  public record Header(
      int type,
      int flags,
      long offset,
      long addr,
      long loadAddr,
      long filesz,
      long memsz,
      long align) {
    /** Of a segment that is loaded where it runs. */
    public Header(
        int type, int flags, long offset, long addr, long filesz, long memsz, long align) {
      this(type, flags, offset, addr, addr, filesz, memsz, align);
    }
  }

  private ProgramHeaders() {}

  public static long maxPageSize(Context ctxt) {
    long asked = ctxt.option(LinkOption.MAX_PAGE_SIZE);
    return asked != 0 ? asked : ctxt.arch().info().maxPageSize();
  }

  public static long commonPageSize(Context ctxt) {
    long asked = ctxt.option(LinkOption.COMMON_PAGE_SIZE);
    return asked != 0 ? asked : Math.min(ctxt.arch().info().commonPageSize(), maxPageSize(ctxt));
  }

  private static boolean isCodeApart(Context ctxt) {
    return ctxt.script.isBuiltIn()
        && ctxt.isPaged()
        && ctxt.option(LinkOption.SEPARATE_CODE)
        && ctxt.option(LinkOption.ROSEGMENT);
  }

  /** Bytes of the file header and {@code n} program headers. */
  public static long headerSize(Context ctxt, int n) {
    return ctxt.elf.ehdrSize + (long) n * ctxt.elf.phdrSize;
  }

  /** What is not loaded may have moved since the headers were made. */
  private static long offset(Context ctxt, Header h) {
    AttributeSection s = ctxt.attributes();
    OutputSection out = s == null || h.type() != s.headerType() ? null : ctxt.section(s.name());
    return out == null ? h.offset() : out.offset;
  }

  public static void write(Context ctxt, MemorySegment out, List<Header> headers) {
    long at = 0;
    boolean executeOnly = ctxt.option(LinkOption.EXECUTE_ONLY);
    if (executeOnly && !isCodeApart(ctxt)) {
      throw new LinkException(
          DiagnosticCode.OPTION_CONFLICT,
          Location.NONE,
          "--execute-only needs code on pages of its own: no linker script, --no-rosegment, -z"
              + " noseparate-code, -n or -N");
    }
    for (Header h : headers) {
      boolean code = h.type() == PT_LOAD && (h.flags() & PF_X) != 0;
      ctxt.elf.putPhdr(
          out,
          at,
          h.type(),
          code && executeOnly ? h.flags() & ~PF_R : h.flags(),
          offset(ctxt, h),
          h.addr(),
          h.loadAddr(),
          h.filesz(),
          h.memsz(),
          h.align());
      at += ctxt.elf.phdrSize;
    }
  }
}
