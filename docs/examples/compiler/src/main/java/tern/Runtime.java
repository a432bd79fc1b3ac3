package tern;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jld.link.InputSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tern.code.Code;
import tern.code.Startup;
import tern.code.Target;
import tern.lang.Errors.Refused;
import tern.lang.Source;

/**
 * The objects that every program is linked with. {@code runtime.tern} prints, makes arrays, says
 * what went wrong, and needs {@code write}, {@code calloc} and {@code exit} for it. With the C
 * library these are C's; without, {@code kernel.tern} defines them. So which one it is, is decided
 * by nothing but symbol resolution.
 */
final class Runtime {
  private Runtime() {}

  static List<InputSource> objects(Target target, Library library) {
    List<InputSource> all = new ArrayList<>();
    if (library == Library.C) {
      all.add(InputSource.memory("start.o", Startup.libc(target)));
    } else {
      all.add(InputSource.memory("start.o", Startup.kernel(target)));
      all.add(compiled("kernel.tern", numbers(target), target));
    }
    all.add(compiled("runtime.tern", "", target));
    return all;
  }

  /** Numbers of the system calls (Linux: unistd_64.h, unistd_32.h; MMAP is mmap2 of i386). */
  private static String numbers(Target target) {
    return target == Target.AMD64
        ? "const WRITE = 1; const MMAP = 9; const EXIT = 231; "
        : "const WRITE = 4; const MMAP = 192; const EXIT = 252; ";
  }

  private static InputSource compiled(String name, String before, Target target) {
    try {
      Code code = Compiler.compile(new Source(name, before + resource(name)), target);
      return InputSource.memory(name, code.bytes());
    } catch (Refused e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Runtime.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
