package tern;

import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tern.code.Code;
import tern.code.Target;
import tern.lang.Errors.Error;
import tern.lang.Errors.Refused;
import tern.lang.Source;

/** From source files to a program; the objects between them are in memory alone. */
public final class Program {
  private Program() {}

  /**
   * Compiles each file to an object of its own, and links them.
   *
   * @param output where the executable goes
   */
  public static LinkResult build(
      List<Source> sources, Target target, Library library, OutputSink output) throws Refused {
    return link(compile(sources, target), target, library, output);
  }

  /** The objects by the names of their sources; errors of all files are reported together. */
  public static Map<String, Code> compile(List<Source> sources, Target target) throws Refused {
    Map<String, Code> objects = new LinkedHashMap<>();
    List<Error> errors = new ArrayList<>();
    for (Source s : sources) {
      try {
        objects.put(s.name(), Compiler.compile(s, target));
      } catch (Refused e) {
        errors.addAll(e.errors());
      }
    }
    if (!errors.isEmpty()) {
      throw new Refused(errors);
    }
    return objects;
  }

  /** Links objects that may have been compiled at any time before. */
  public static LinkResult link(
      Map<String, Code> objects, Target target, Library library, OutputSink output) throws Refused {
    LinkRequest.Builder request = LinkRequest.builder().arch(target.arch());
    objects.forEach((name, code) -> request.input(InputSource.memory(name, code.bytes())));
    request.inputs(Runtime.objects(target, library));
    if (library == Library.C) {
      request.input(InputSource.path(CLibrary.find(target)));
      // amd64's code can run at any address; i386's is compiled for a fixed one.
      boolean anywhere = target == Target.AMD64;
      request.set(LinkOption.OUTPUT_KIND, anywhere ? OutputKind.PIE : OutputKind.EXECUTABLE);
    } else {
      request.set(LinkOption.STATIC, true);
    }
    request.set(LinkOption.EH_FRAME_HDR, true);
    request.output(output);
    try {
      return Linker.link(request.build());
    } catch (LinkException e) {
      throw new Refused(LinkErrors.of(e, objects));
    }
  }
}
