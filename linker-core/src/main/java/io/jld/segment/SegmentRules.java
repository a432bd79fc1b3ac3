package io.jld.segment;

import io.jld.arch.AttributeSection;
import io.jld.elf.ElfClass;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import java.util.List;

/**
 * What segments depend on beside the sections.
 *
 * @param page the maximum page size in bytes, a power of two
 * @param commonPage the page size that most machines have, in bytes
 * @param paged neither {@code -n} nor {@code -N}: addresses and file offsets are congruent modulo
 *     the page
 * @param mappable whether places in the file and addresses are congruent all the same, so that a
 *     loader may map pages: with {@code -n} and {@code -N} where no script says otherwise
 * @param separateCode {@code -z separate-code}, unless {@code --no-rosegment} has code and
 *     read-only data in one segment
 * @param headersLoaded whether the script has asked for {@code SIZEOF_HEADERS}, so that the headers
 *     are to be loaded even where its first section leaves no room on its page
 * @param stackFlags {@code p_flags} of PT_GNU_STACK; 0: there is none
 * @param stackSize {@code -z stack-size} in bytes
 * @param relroStart address of the first byte that is read only once it is relocated
 * @param relroEnd the address after the last one; {@code relroStart} where there is none
 * @param ehFrameHdr whether {@code --eh-frame-hdr} makes a PT_GNU_EH_FRAME
 * @param attributes the section of attributes that has a program header; null for none
 * @param headers those of {@code PHDRS}; null where the script has no such command
 */
public record SegmentRules(
    ElfClass elf,
    long page,
    long commonPage,
    boolean paged,
    boolean mappable,
    boolean separateCode,
    boolean headersLoaded,
    int stackFlags,
    long stackSize,
    long relroStart,
    long relroEnd,
    boolean ehFrameHdr,
    AttributeSection attributes,
    List<ScriptHeader> headers) {

  /** The options' part; what the script says is given. */
  public static SegmentRules of(
      Context ctxt,
      boolean headersLoaded,
      long relroStart,
      long relroEnd,
      List<ScriptHeader> headers) {
    return new SegmentRules(
        ctxt.elf,
        ProgramHeaders.maxPageSize(ctxt),
        ProgramHeaders.commonPageSize(ctxt),
        ctxt.isPaged() || ctxt.loadsHeaders(), // whoever reads them is a loader of pages
        ctxt.script.isBuiltIn(),
        ctxt.option(LinkOption.SEPARATE_CODE) && ctxt.option(LinkOption.ROSEGMENT),
        headersLoaded,
        ctxt.option(LinkOption.GNU_STACK) ? ctxt.stackFlags() : 0,
        ctxt.option(LinkOption.STACK_SIZE),
        relroStart,
        ctxt.option(LinkOption.RELRO) ? relroEnd : relroStart,
        ctxt.outputSection(".eh_frame_hdr") != null,
        hasHeader(ctxt.attributes()) ? ctxt.attributes() : null,
        headers);
  }

  private static boolean hasHeader(AttributeSection s) {
    return s != null && s.headerType() != 0;
  }

  /** Whether what is at an address is read only once it is relocated. */
  public boolean isInRelro(long addr) {
    return Long.compareUnsigned(addr, relroStart) >= 0 && Long.compareUnsigned(addr, relroEnd) < 0;
  }

  boolean hasRelro() {
    return Long.compareUnsigned(relroStart, relroEnd) < 0;
  }

  /** The page size where pages count; else 1. */
  long unit() {
    return paged ? page : 1;
  }

  /** Bytes of the file header and {@code n} program headers. */
  long headerSize(int n) {
    return elf.ehdrSize + (long) n * elf.phdrSize;
  }
}
