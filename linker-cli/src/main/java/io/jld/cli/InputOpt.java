package io.jld.cli;

import static io.jld.cli.Status.IGNORED;
import static io.jld.cli.Status.REFUSED;

import io.jld.link.LinkOption;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is linked, where it is searched for, and how the inputs that follow are taken. */
enum InputOpt implements Opt {
  LIBRARY("-l --library!", "NAME", "Link libNAME.so or libNAME.a; :FILE for the name as it is"),
  LIBRARY_PATH("-L --library-path!", "DIR", "Search DIR for libraries"),
  SYSROOT("--sysroot", "DIR", "Prefix of library directories that begin with = or $SYSROOT"),
  NOSTDLIB("-nostdlib", "", "Search the directories of -L only"),
  START_GROUP(
      "-( --start-group", "", "Search the archives up to --end-group until nothing new is found"),
  END_GROUP("-) --end-group", "", "End of the group"),
  START_LIB("--start-lib", "", "Treat the objects up to --end-lib as members of an archive"),
  END_LIB("--end-lib", "", "End of those objects"),
  WHOLE_ARCHIVE("--whole-archive", "", "Link every member of the archives that follow"),
  NO_WHOLE_ARCHIVE("--no-whole-archive", "", "Link the members that are needed"),
  AS_NEEDED("--as-needed", "", "Name the libraries that follow in the output only if it uses them"),
  NO_AS_NEEDED("--no-as-needed", "", "Name the libraries that follow in the output"),
  COPY_DT_NEEDED(
      "--copy-dt-needed-entries --add-needed", "", "Link what the libraries that follow depend on"),
  NO_COPY_DT_NEEDED("--no-copy-dt-needed-entries --no-add-needed", "", "Do not; the default"),
  BSTATIC(
      "-Bstatic -dn -non_shared -static",
      "",
      "Let -l find archives only and take no shared library, from here on"),
  BDYNAMIC("-Bdynamic -dy -call_shared", "", "Let -l find shared libraries first; the default"),
  A_KEYWORD("-a", "KEYWORD", "HP-UX: archive is -Bstatic; shared and default are -Bdynamic"),
  PUSH_STATE("--push-state", "", "Keep the state of the options between inputs"),
  POP_STATE("--pop-state", "", "Go back to the state of --push-state"),
  SCRIPT(
      "-T --script",
      "FILE",
      "Read a linker script, from the -L directories too; one with SECTIONS replaces the layout"),
  DEFAULT_SCRIPT(
      "--default-script -dT", "FILE", "As -T, read after all other options, where there is no -T"),
  MRI_SCRIPT("-c --mri-script!", "FILE", "Read a script in the language of the MRI linker"),
  JUST_SYMBOLS(
      "-R --just-symbols",
      "FILE",
      "Take the symbols of FILE and nothing else; of a directory, as -rpath"),
  FORMAT(
      "-b --format",
      "FORMAT",
      "Format of the inputs that follow: binary, default, or an architecture's ELF format"),
  Y_PATH("-Y", "PATH", "Solaris: as -L for each directory of a list"),
  ACCEPT_UNKNOWN_ARCH(
      "--accept-unknown-input-arch",
      "",
      "Link objects of an unknown architecture",
      REFUSED,
      "nobody could relocate them"),
  NO_ACCEPT_UNKNOWN_ARCH(
      "--no-accept-unknown-input-arch", "", "Refuse such objects", IGNORED, "it is so"),
  NO_WARN_MISMATCH(
      "--no-warn-mismatch",
      "",
      "Do not warn about inputs that do not match",
      IGNORED,
      "what does not match cannot be linked"),
  NO_WARN_SEARCH_MISMATCH(
      "--no-warn-search-mismatch",
      "",
      "Do not say where -l passes over a library for another architecture"),
  WARN_SEARCH_MISMATCH("--warn-search-mismatch!", "", "Do so; the default"),
  RSP_QUOTING("--rsp-quoting!", "STYLE", "How words are quoted in @FILE: posix"),
  CHROOT("--chroot!", "DIR", "DIR stands for / in names of inputs, also in scripts"),
  PLUGIN("-plugin", "FILE", "Have a linker plug-in compile the inputs that hold intermediate code"),
  PLUGIN_OPT("-plugin-opt", "ARG", "An argument for the plug-in before it");

  private final Form form;

  InputOpt(String names, String value, String help) {
    this(names, value, help, Status.HONOURED, "");
  }

  InputOpt(String names, String value, String help, Status status, String why) {
    form = new Form(names, value, help, status, why);
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public void apply(Settings s, String value, String spelling) {
    switch (this) {
      case LIBRARY -> s.inputs.library(value);
      case LIBRARY_PATH -> s.add(LinkOption.LIBRARY_PATH, value);
      case SYSROOT -> s.sysroot = value;
      case NOSTDLIB -> s.nostdlib = true;
      case START_GROUP -> s.inputs.startGroup();
      case END_GROUP -> s.inputs.endGroup();
      case START_LIB -> s.inputs.startLib();
      case END_LIB -> s.inputs.endLib();
      case WHOLE_ARCHIVE -> s.inputs.flags(s.inputs.flags().withWholeArchive(true));
      case NO_WHOLE_ARCHIVE -> s.inputs.flags(s.inputs.flags().withWholeArchive(false));
      case AS_NEEDED -> s.inputs.flags(s.inputs.flags().withAsNeeded(true));
      case NO_AS_NEEDED -> s.inputs.flags(s.inputs.flags().withAsNeeded(false));
      case COPY_DT_NEEDED -> s.inputs.flags(s.inputs.flags().withCopyDtNeeded(true));
      case NO_COPY_DT_NEEDED -> s.inputs.flags(s.inputs.flags().withCopyDtNeeded(false));
      case BSTATIC -> s.inputs.flags(s.inputs.flags().withStaticOnly(true));
      case BDYNAMIC -> s.inputs.flags(s.inputs.flags().withStaticOnly(false));
      case A_KEYWORD -> sharedLibraries(s, value);
      case PUSH_STATE -> s.inputs.push();
      case POP_STATE -> s.inputs.pop();
      case SCRIPT -> s.inputs.script(value);
      case MRI_SCRIPT -> s.inputs.mriScript(value);
      case DEFAULT_SCRIPT -> s.defaultScript = value;
      case JUST_SYMBOLS -> justSymbols(s, value);
      case FORMAT -> s.inputs.binary(Values.isBinary(value));
      case Y_PATH ->
          s.addAll(
              LinkOption.LIBRARY_PATH,
              value.startsWith("P,") ? value.substring(2) : value,
              ':',
              ':');
      case WARN_SEARCH_MISMATCH -> s.set(LinkOption.WARN_SEARCH_MISMATCH, true);
      case RSP_QUOTING ->
          Values.only(spelling, value, "posix", "words are quoted as compilers write them");
      case CHROOT -> s.chroot = value;
      case PLUGIN -> s.plugin(value);
      case PLUGIN_OPT -> s.pluginOption(value);
      case NO_WARN_SEARCH_MISMATCH -> s.set(LinkOption.WARN_SEARCH_MISMATCH, false);
      default -> throw new AssertionError(this);
    }
  }

  private static void sharedLibraries(Settings s, String keyword) {
    Values.check("-a", keyword, "archive", "shared", "default");
    s.inputs.flags(s.inputs.flags().withStaticOnly(keyword.equals("archive")));
  }

  private static void justSymbols(Settings s, String value) {
    Path path = Inputs.path(value);
    if (Files.exists(path) && !Files.isDirectory(path)) {
      s.inputs.justSymbols(path);
    } else {
      s.add(LinkOption.RPATH, value);
    }
  }
}
