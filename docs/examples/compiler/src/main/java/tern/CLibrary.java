package tern;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tern.code.Target;
import tern.lang.Errors.Error;
import tern.lang.Errors.Refused;

/** Finds the system's C library, the file that programs load: nothing of a toolchain. */
final class CLibrary {
  private static final List<String> AMD64 =
      List.of("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib");

  private static final List<String> X86 =
      List.of("/lib/i386-linux-gnu", "/usr/lib/i386-linux-gnu", "/lib32", "/usr/lib32", "/lib");

  private CLibrary() {}

  static Path find(Target target) throws Refused {
    for (String dir : target == Target.AMD64 ? AMD64 : X86) {
      Path file = Path.of(dir, "libc.so.6");
      if (isFor(target, file)) {
        return file;
      }
    }
    throw new Refused(
        List.of(new Error(null, "this system has no C library for " + target.arch())));
  }

  /** By the class and the machine in its header: other architectures may share a directory. */
  private static boolean isFor(Target target, Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] header = in.readNBytes(20);
      int machine = target == Target.AMD64 ? 62 : 3; // EM_X86_64, EM_386
      return header.length == 20 && header[4] == target.wordSize() / 4 && header[18] == machine;
    } catch (IOException e) {
      return false;
    }
  }
}
