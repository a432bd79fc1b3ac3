package io.jld.undefined;

import io.jld.model.Context;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import java.util.List;

/**
 * Names that compilers refer to without being asked, and programmers don't write: the library that
 * defines them is missing, most likely because the link was not started by the compiler's driver
 * for that language, or without the option that the objects were compiled with. Only looked for
 * when a link has failed.
 */
final class RuntimeHints {
  /**
   * A library of some compiler.
   *
   * @param library how the names of its files begin; of each implementation
   * @param advice what to do where it is missing
   * @param names how its symbols begin
   */
  private record Runtime(List<String> library, String advice, List<String> names) {}

  private static final List<Runtime> RUNTIMES =
      List.of(
          new Runtime(
              List.of("libstdc++", "libc++", "libsupc++"),
              "the C++ library: link with g++ or clang++, or add -lstdc++",
              List.of(
                  "__gxx_personality_",
                  "__cxa_",
                  "__dynamic_cast",
                  "_ZTVN10__cxxabiv1",
                  "_ZN10__cxxabiv1",
                  "_ZTIi",
                  "_Znw",
                  "_Zna",
                  "_Zdl",
                  "_Zda",
                  // std::X; no name begins with another kind of substitution
                  "_ZS",
                  "_ZNS",
                  "_ZNKS",
                  "_ZTVS",
                  "_ZTVNS",
                  "_ZTIS",
                  "_ZTINS",
                  "_ZTTS",
                  "_ZTTNS")),
          new Runtime(
              List.of("libgfortran"),
              "the Fortran library: link with gfortran, or add -lgfortran",
              List.of("_gfortran_")),
          new Runtime(
              List.of("libgomp", "libomp", "libiomp5"),
              "the OpenMP library: link with -fopenmp",
              List.of("GOMP_", "omp_", "__kmpc_")),
          new Runtime(
              List.of("libatomic"),
              "the library of atomic operations: add -latomic",
              List.of("__atomic_")),
          new Runtime(
              List.of("libasan", "libclang_rt.asan"),
              "AddressSanitizer: link with -fsanitize=address",
              List.of("__asan_")),
          new Runtime(
              List.of("libtsan", "libclang_rt.tsan"),
              "ThreadSanitizer: link with -fsanitize=thread",
              List.of("__tsan_")),
          new Runtime(
              List.of("libubsan", "libclang_rt.ubsan"),
              "UndefinedBehaviorSanitizer: link with -fsanitize=undefined",
              List.of("__ubsan_")),
          new Runtime(
              List.of("libgcov", "libclang_rt.profile"),
              "the library of coverage: link with --coverage",
              List.of("__gcov_", "__llvm_profile_")));

  /** Of the C library, for all that their names say. */
  private static final List<String> IN_LIBC =
      List.of("__cxa_atexit", "__cxa_at_quick_exit", "__cxa_finalize", "__cxa_thread_atexit_impl");

  private RuntimeHints() {}

  /** A line of the message about an undefined symbol; null where nothing is known. */
  static String of(Context ctxt, String name) {
    if (IN_LIBC.contains(name)) {
      return null;
    }
    for (Runtime r : RUNTIMES) {
      for (String begin : r.names()) {
        if (name.startsWith(begin)) {
          return isLinked(ctxt, r) ? null : "it is part of " + r.advice();
        }
      }
    }
    return null;
  }

  private static boolean isLinked(Context ctxt, Runtime runtime) {
    for (LinkedLibrary l : ctxt.shared()) {
      if (isOf(l.file().fileName(), runtime)) {
        return true;
      }
    }
    for (LinkedObject o : ctxt.objects()) {
      if (isOf(o.file().fileName(), runtime)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOf(String file, Runtime runtime) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    for (String library : runtime.library()) {
      if (name.startsWith(library)) {
        return true;
      }
    }
    return false;
  }
}
