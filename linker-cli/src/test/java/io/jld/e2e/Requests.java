package io.jld.e2e;

import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.OutputKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a compiler gives to the linker for a static program, as a request to the library. */
final class Requests {
  private Requests() {}

  /**
   * Takes inputs, their brackets, and the kind of the output; other options that compilers give are
   * left out.
   */
  static LinkRequest.Builder of(Target target, List<String> line) {
    LinkRequest.Builder b = LinkRequest.builder().arch(target.arch);
    List<String> dirs = new ArrayList<>();
    for (int i = 0; i < line.size(); i++) {
      String a = line.get(i);
      if (a.equals("--start-group")) {
        b.input(InputSource.Bracket.GROUP_START);
      } else if (a.equals("--end-group")) {
        b.input(InputSource.Bracket.GROUP_END);
      } else if (a.startsWith("-L")) {
        dirs.add(a.substring(2));
      } else if (a.startsWith("-l")) {
        b.input(new InputSource.OfLibrary(a.substring(2), InputFlags.NONE));
      } else if (a.equals("-static")) {
        b.set(LinkOption.STATIC, true);
      } else if (a.equals("-pie")) {
        b.set(LinkOption.OUTPUT_KIND, OutputKind.PIE);
      } else if (a.equals("--no-dynamic-linker")) {
        b.set(LinkOption.NO_DYNAMIC_LINKER, true);
      } else if (a.equals("--eh-frame-hdr")) {
        b.set(LinkOption.EH_FRAME_HDR, true);
      } else if (a.equals("-plugin") || a.equals("-m") || a.equals("-z")) {
        i++;
      } else if (!a.startsWith("-")) {
        b.input(InputSource.path(Path.of(a)));
      }
    }
    return b.set(LinkOption.LIBRARY_PATH, dirs).set(LinkOption.BUILD_ID, "sha1");
  }
}
