package io.jld.link;

import java.util.Locale;

/**
 * What a {@link Diagnostic} is about: one code for each kind of fault, which stays the same where
 * the words of a message change. The command line shows it in brackets behind the message.
 *
 * <p>This is the one table of all messages; {@code docs/errors.md} is made of it.
 *
 * @since 0.1
 */
public enum DiagnosticCode {
  // The command line.

  UNKNOWN_OPTION(
      Topic.OPTIONS,
      "unrecognized option '--OPTION'\nunknown -z option ignored: KEYWORD",
      "No option has this name, or an abbreviation fits several.",
      "Take the name that the message suggests; `jld --help` lists all."),
  INVALID_VALUE(
      Topic.OPTIONS,
      "invalid value 'X' for '--OPTION': one of ...\noption '--OPTION' needs a value",
      "The option's value is missing, has the wrong form, or is none that the option knows.",
      "Write one of the values that the message or `jld --help` lists."),
  UNSUPPORTED_OPTION(
      Topic.OPTIONS,
      "option '--OPTION' is not supported: ...",
      "jld knows the option and cannot do what it asks for; to ignore it would give another output"
          + " than the one asked for.",
      "Leave it out, or do what the message names in its place."
          + " [compatibility.md](compatibility.md) lists what is refused."),
  OPTION_CONFLICT(
      Topic.OPTIONS,
      "-r and ... may not be used together\n... may not be used without -shared",
      "Two options exclude each other, or one has a meaning for another kind of output alone.",
      "Leave one of them out."),
  UNBALANCED_OPTIONS(
      Topic.OPTIONS,
      "--end-group without --start-group\n... is missing; it is put at the end of the command line",
      "Options that come in pairs do not: one half is missing, or stands inside of another pair.",
      "Write both halves. A group or library that stays open ends at the end of the command line."),
  OPTION_SYMBOL(
      Topic.OPTIONS,
      "symbol ordering file: no symbol 'NAME'\ncould not find symbol 'NAME' to keep unique",
      "An option, or a file that it names, speaks of a symbol that is not linked, or that has no"
          + " section of its own.",
      "Correct the name (`nm` shows those of an object), or leave it out."),
  NO_INPUTS(
      Topic.OPTIONS,
      "no input files",
      "The command line names neither a file nor a library.",
      "Name at least one."),
  FATAL_WARNINGS(
      Topic.OPTIONS,
      "warnings are errors (--fatal-warnings)",
      "There was a warning, and `--fatal-warnings` makes the link fail then.",
      "Mend what the warnings say, or leave the option out."),
  MORE_ERRORS(
      Topic.OPTIONS,
      "N more errors (--error-limit=0 shows all)",
      "More errors were found than are shown.",
      "Mend those shown first, or have all shown with `--error-limit=0`."),

  // Files.

  FILE_NOT_FOUND(
      Topic.FILES,
      "cannot find FILE: No such file or directory",
      "An input, a script or a list is not where the command line, or a script, says it is.",
      "Check the path. A relative one counts from the working directory; a script's files are also"
          + " searched for in the directories of `-L`."),
  LIBRARY_NOT_FOUND(
      Topic.FILES,
      "cannot find -lNAME",
      "No directory of `-L`, nor a standard one, has `libNAME.so` or `libNAME.a` for this"
          + " architecture; with `-static` it has to be `libNAME.a`.",
      "Install the library's development package, which has `libNAME.so`: a program that runs needs"
          + " `libNAME.so.1` only. Or name the directory with `-L`. What was nearly found, the"
          + " message says."),
  INCOMPATIBLE_LIBRARY(
      Topic.FILES,
      "skipping incompatible FILE when searching for -lNAME",
      "A library of the right name is made for another architecture; the search goes on behind it.",
      "Nothing, where another one is found. Else install the library for this architecture, or"
          + " correct the directory of `-L`."),
  UNREADABLE_FILE(
      Topic.FILES,
      "cannot be read: Permission denied\nnot a regular file",
      "The system does not let the file be read, or it is none that can be mapped.",
      "Mend what the system's reason says."),
  INPUT_NOT_SUPPLIED(
      Topic.FILES,
      "FILE: cannot be supplied: EXCEPTION",
      "The program that links gives this input itself, and has failed to do so.",
      "Mend what the exception says, which is the cause of the `LinkException`."),
  FILE_CHANGED(
      Topic.FILES,
      "file was truncated while it was read",
      "Another program has written an input, or made it shorter, during the link.",
      "Let the build wait until the file is complete: a dependency is missing in its rules."),
  UNKNOWN_FORMAT(
      Topic.FILES,
      "file format not recognized",
      "The file is neither an ELF object or library, nor an archive, nor a linker script.",
      "Look at it with `file FILE`. Often it is empty, a source file, or compiled for another"
          + " system."),
  WRONG_ARCHITECTURE(
      Topic.FILES,
      "object is made for X and can't be linked for Y",
      "An object or a shared library is compiled for another architecture than the output's, which"
          + " `--arch` or `-m` says, or else the first object.",
      "Compile all for the same: with gcc `-m32` makes x86 and `-m64` amd64, for compiling and"
          + " linking alike."),
  INCOMPATIBLE_OBJECTS(
      Topic.FILES,
      "FILE: is compiled for X and can not be linked with FILE, which is compiled for Y",
      "Two objects for the same architecture are compiled for ABIs that do not go together: their"
          + " headers' flags or their attributes say so.",
      "Compile both with the same options for the ABI, such as `-mabi`."),
  UNKNOWN_ARCHITECTURE(
      Topic.FILES,
      "no architecture for machine N; there are: NAMES\nunrecognised emulation mode: NAME",
      "No architecture of this name, emulation or machine is installed.",
      "`jld --list-archs` lists those that are. A jar with another one belongs into `lib/arch/`."),
  STATIC_LINK_OF_LIBRARY(
      Topic.FILES,
      "attempted static link of dynamic object",
      "A shared library is named where `-static` or `-Bstatic` asks for archives.",
      "Name the archive, or link dynamically."),
  MALFORMED_OBJECT(
      Topic.FILES,
      "section header table lies outside of the file\nsymbol N has an invalid section index N",
      "An object contradicts itself: an offset, a size, an index or a type is not what ELF allows.",
      "Compile it anew: it was cut off or overwritten, or the program that wrote it has a fault,"
          + " which it should be told of with what the message says."),
  MALFORMED_ARCHIVE(
      Topic.FILES,
      "truncated archive: ...\nmalformed archive: ...",
      "An archive contradicts itself.",
      "Make it anew with `ar rcs`."),
  MALFORMED_LIBRARY(
      Topic.FILES,
      "shared library without dynamic symbols\n.gnu.version_d is damaged",
      "A shared library's dynamic section, symbols or versions contradict themselves.",
      "Install or link the library anew."),
  MALFORMED_CONTENT(
      Topic.FILES,
      "record is cut off\nFDE refers to a CIE that does not exist\nprogram property is cut off",
      "A section whose content the linker has to understand (`.eh_frame`, `.note.gnu.property`,"
          + " `.llvm_addrsig`) is damaged.",
      "Compile the object anew; where it is written in assembly, correct its directives"
          + " (`.cfi_...`)."),
  DAMAGED_COMPRESSION(
      Topic.FILES,
      "compressed section is damaged",
      "What a compressed debug section holds cannot be unpacked.",
      "Compile the object anew."),
  UNSUPPORTED_COMPRESSION(
      Topic.FILES,
      "section is compressed in an unknown way\n... zstd, and libzstd.so.1 is not here",
      "A debug section is compressed with a method that cannot be undone here.",
      "Compile with `-gz=zlib` or `-gz=none`, or install libzstd."),
  LTO_OBJECT(
      Topic.FILES,
      "slim LTO object ...\nLLVM bitcode ...",
      "The object was compiled with `-flto`: it holds a compiler's intermediate code, of which a"
          + " linker alone makes no program.",
      "Link by the compiler that made it, which names its plug-in to the linker; or compile without"
          + " `-flto`, or by GCC with `-ffat-lto-objects`, which adds machine code."),
  PLUGIN(
      Topic.FILES,
      "cannot load the plug-in: ...\ncannot be opened for the plug-in\nlink-time optimisation needs"
          + " ...",
      "An input holds a compiler's intermediate code, and the plug-in that is to compile it can't"
          + " be loaded, has failed, or may not run in this process.",
      "What the plug-in has said stands before. `-plugin` names it: that of the compiler that made"
          + " the objects. [using.md](using.md#link-time-optimisation) says what it needs."),
  PLUGIN_MESSAGE(
      Topic.FILES,
      "(whatever the plug-in says: lto-wrapper failed)",
      "It is the message of a linker plug-in: of a compiler that optimises at link time.",
      "See the compiler's documentation."),

  // Symbols.

  UNDEFINED_SYMBOL(
      Topic.SYMBOLS,
      "undefined reference to 'NAME'",
      "The code refers to a function or variable that no input defines.",
      "The message names who refers to it, and what is nearly it: another spelling, a library that"
          + " defines it, a definition that is hidden or of the other language. Otherwise add the"
          + " object or library that defines it behind what needs it."),
  REQUIRED_SYMBOL(
      Topic.SYMBOLS,
      "required symbol 'NAME' not defined",
      "`--require-defined` names a symbol that no input defines.",
      "Link what defines it, or correct the name."),
  UNDEFINED_IN_LIBRARY(
      Topic.SYMBOLS,
      "libx.so: undefined reference to 'NAME'",
      "A shared library needs a symbol that neither this output nor a library that is loaded with"
          + " it defines: the program would not start, or fail at the first call.",
      "Add the library that defines it. For one that is found otherwise where the program runs:"
          + " `--allow-shlib-undefined`; its own libraries are searched for with `-rpath-link`."),
  DUPLICATE_SYMBOL(
      Topic.SYMBOLS,
      "multiple definition of 'NAME'",
      "Two objects define the same function or variable; both places are named.",
      "Define it once: in a header declare it `extern`, or make it `inline` or `static`. An object"
          + " may also be linked as itself and as a member of a library."
          + " `--allow-multiple-definition` takes the first."),
  DUPLICATE_FILE(
      Topic.SYMBOLS,
      "multiple definition of 'NAME': the file is named twice",
      "An object stands on the command line, or in a script, twice: all that it defines is there"
          + " twice.",
      "Name it once. A library may be named twice, an object may not."),
  DISCARDED_SYMBOL(
      Topic.SYMBOLS,
      "'NAME' is defined in discarded section '.text.x'",
      "Code refers to a symbol of a section that is not linked: one of a COMDAT group of which"
          + " another object's is taken, or that a script throws away.",
      "Compile all objects with the same compiler and options; or keep the section in the script."),
  COMMON_SYMBOL(
      Topic.SYMBOLS,
      "multiple common of 'NAME'\ncommon symbol 'NAME' has an invalid alignment",
      "A variable without an initialiser stands in several objects (`-fcommon`), or a common symbol"
          + " is damaged. The former is reported with `--warn-common` alone.",
      "Declare it `extern` in all but one; compile with `-fno-common`."),
  SYMBOL_WARNING(
      Topic.SYMBOLS,
      "(a text of the library that defines the symbol)",
      "The library warns of the use of this function, by a section `.gnu.warning.NAME`.",
      "Use what the text recommends."),
  TLS_MISMATCH(
      Topic.SYMBOLS,
      "'NAME': thread-local ... does not match other ...",
      "One file takes a variable for thread-local, another one does not.",
      "Declare it alike everywhere: `thread_local`, `__thread`, or without."),
  UNDEFINED_VERSION(
      Topic.SYMBOLS,
      "version node not found for symbol NAME@VERSION",
      "An object gives a symbol a version (`.symver`) that the version script does not have.",
      "Add the version to the script."),
  VERSIONED_NAME_UNDEFINED(
      Topic.SYMBOLS,
      "version VERSION names 'NAME', which is not defined",
      "A version script exports a name that no object defines, and `--no-undefined-version` asks"
          + " for all to be there.",
      "Take it out of the script, or define it; `--undefined-version` allows it."),
  IFUNC_REFERENCE(
      Topic.SYMBOLS,
      "... 'NAME', an STT_GNU_IFUNC ...",
      "The address of a function that is chosen when the program starts is wanted before that.",
      "Call it rather than take its address in a constant; `-no-pie` where the message says so."),
  ENTRY_NOT_FOUND(
      Topic.SYMBOLS,
      "cannot find entry symbol NAME; defaulting to 0xADDRESS",
      "The symbol that the program starts at, `_start` if `-e` says no other, is not defined. The"
          + " output starts at its first code.",
      "Link with `gcc`, which adds the startup files, or define the symbol; `-e NAME` names"
          + " another."),
  PROTECTED_COPY(
      Topic.SYMBOLS,
      "cannot copy protected symbol 'NAME' of this library",
      "Code that is not position-independent refers to data of a library that insists on its own"
          + " place for it.",
      "Compile the program with `-fPIC`, or `-mno-direct-extern-access`."),
  NO_DEMANGLER(
      Topic.SYMBOLS,
      "names in extern \"C++\" ... need c++filt (binutils)",
      "A version script or dynamic list writes C++ names as people do, and the program that knows"
          + " them is missing.",
      "Install binutils, or write mangled names."),

  // Relocations.

  RELOCATION_OVERFLOW(
      Topic.RELOCATIONS,
      "relocation TYPE out of range: N is not in [MIN, MAX]",
      "A reference has less room than the distance or address that it has to hold: the code is"
          + " compiled for a smaller program, or for lower addresses, than this one.",
      "What the message says: `-mcmodel=medium` or `-mcmodel=large` for much data, `-fPIC` or"
          + " `-mcmodel=kernel` for high addresses. Large arrays may also be allocated when the"
          + " program runs."),
  NOT_PIC(
      Topic.RELOCATIONS,
      "relocation TYPE against symbol 'NAME' can not be used when making ...;"
          + " recompile with -fPIC",
      "The code holds an address or distance that is only known when the output is loaded, in a"
          + " place that the loader does not change. It was compiled for a program at a fixed"
          + " address.",
      "Compile the object with `-fPIC` for a shared library, with `-fPIE` or `-fPIC` for a PIE. A"
          + " static library needs it as well where it is linked into one. `-no-pie` makes a"
          + " program at a fixed address."),
  TEXT_RELOCATION(
      Topic.RELOCATIONS,
      "relocation TYPE against symbol 'NAME' in read-only section\ncreating DT_TEXTREL in ...",
      "The loader would have to change code or constants, which are read-only.",
      "Compile with `-fPIC`; in assembly refer through the GOT or PLT. `-z notext` allows it, at"
          + " the price of pages that cannot be shared and of systems that refuse it."),
  UNUSABLE_RELOCATION(
      Topic.RELOCATIONS,
      "relocation TYPE can not be used in a section that is not loaded\n...",
      "A relocation has no meaning where it stands, or against this kind of symbol.",
      "Mostly the fault of code in assembly, or of a compiler: write another reference there, as"
          + " the message says."),
  UNKNOWN_RELOCATION(
      Topic.RELOCATIONS,
      "unknown relocation type N",
      "The object has a relocation that the psABI did not define when this linker was made, or one"
          + " that only a dynamic loader may meet.",
      "The object is newer than the linker, or damaged."),
  MALFORMED_RELOCATION(
      Topic.RELOCATIONS,
      "relocation lies outside of its section\nrelocation has an invalid symbol index",
      "A relocation contradicts its object.",
      "Compile the object anew."),
  TLS_RELOCATION(
      Topic.RELOCATIONS,
      "relocation TYPE against symbol 'NAME', which is not thread-local\n... a shared library"
          + " defines it",
      "The code reaches a thread-local variable by a model that does not fit: the variable is not"
          + " thread-local, or lies in another module than the model promises.",
      "Declare the variable alike everywhere, and compile without `-ftls-model=local-exec` (or"
          + " `local-dynamic`) what refers to other modules; with `-fPIC` what becomes a library."),
  TLS_SEQUENCE(
      Topic.RELOCATIONS,
      "TLS transition from TYPE to LE failed: the instructions are not those that the psABI"
          + " prescribes",
      "Code that reaches a thread-local variable may be written in a few ways only, by which"
          + " linkers recognise it. This is none of them.",
      "In assembly: write the psABI's sequence. Compiled code: compile without optimisers behind"
          + " the compiler."),

  // Sections and layout.

  TOO_LARGE(
      Topic.LAYOUT,
      "section NAME is too large\nsymbol table is too large\ntoo many sections or symbols",
      "The output, or a table of it, is larger than its format or this linker allows.",
      "Split the program, or leave parts out (`--gc-sections`, `-s`)."),
  ADDRESS_SPACE(
      Topic.LAYOUT,
      "section NAME does not fit into the address space\nimage base ... is not a multiple ...",
      "An address is above what the architecture has, or an image base is not one of a page.",
      "Lower the addresses (`-Ttext`, `--image-base`, the script), or make the section smaller."),
  TOO_FAR(
      Topic.LAYOUT,
      ".eh_frame is too far from .eh_frame_hdr\n"
          + "the PLT is too far from .eh_frame\n"
          + "the PLT entry ...",
      "What the linker makes itself lies more than 2 GiB from what it refers to.",
      "Keep code and tables together in the script; or leave the table out, as the message says."),
  UNSETTLED_LAYOUT(
      Topic.LAYOUT,
      "the layout does not settle after N rounds",
      "Sizes depend on addresses which depend on the sizes again, without an end: mostly by an"
          + " expression of a script.",
      "Let sizes in the script not depend on addresses behind them."),
  REGION_OVERFLOW(
      Topic.LAYOUT,
      "region 'NAME' overflowed by N bytes\nsection 'NAME' will not fit in region 'NAME'",
      "More is placed in a region of `MEMORY` than it has room for.",
      "Make the region larger or the program smaller: `-Os`, `--gc-sections`, `--icf=safe`."
          + " `--print-memory-usage` and `-Map` show what takes the room."),
  MEMORY_REGION(
      Topic.LAYOUT,
      "memory region 'NAME' is not declared\nno memory region is specified for loadable section",
      "A script names a region that `MEMORY` does not have, or leaves a section without one.",
      "Declare it, or write `> REGION` behind the section."),
  SECTION_OVERLAP(
      Topic.LAYOUT,
      "section A [...] overlaps section B [...]",
      "A script, or options such as `--section-start`, give two sections the same addresses.",
      "Move one of them; `--no-check-sections` allows it."),
  SEGMENTS(
      Topic.LAYOUT,
      "section NAME is assigned to two PT_LOAD segments\n... non-existent phdr 'NAME'\n...",
      "The `PHDRS` of a script, and what it says of sections, do not fit together.",
      "Correct the script at the place that the message shows."),
  SECTION_PLACE(
      Topic.LAYOUT,
      "allocated section NAME is in no segment\nload address ... is inside of what is before it",
      "A section is not loaded, or not where the script asks for it.",
      "Add it to a segment, or correct its addresses."),
  ORPHAN_SECTION(
      Topic.LAYOUT,
      "orphan section 'NAME' is not named by the ...",
      "No rule of the script names this input section, and `--orphan-handling` asks to be told.",
      "Write a rule for it, in `/DISCARD/` if it is not wanted."),
  COUNTER_BACKWARDS(
      Topic.LAYOUT,
      "cannot move location counter backwards (from 0xA to 0xB)",
      "A script assigns `.` an address before what is already placed.",
      "Raise the address: what stands before it has grown beyond it."),
  SECTION_TYPE(
      Topic.LAYOUT,
      "section 'NAME' has zeros first, and then content: its type is PROGBITS",
      "A script puts zeros (`.bss`) before content, so that they have to be stored in the file.",
      "Move the zeros to the end of the section, or into one of their own."),
  WRITABLE_CODE(
      Topic.LAYOUT,
      "the segment at 0xADDRESS is readable, writable and executable",
      "Code and writable data are in one segment, which makes attacks easier and which some systems"
          + " refuse.",
      "Separate them in the script, or leave out `-N` and the like; `--no-warn-rwx-segments` where"
          + " it is meant."),
  EXECUTABLE_STACK(
      Topic.LAYOUT,
      "missing .note.GNU-stack section implies executable stack\nrequires executable stack",
      "An object says that it needs a stack with code on it (nested functions of GNU C), or, in"
          + " assembly, does not say that it needs none.",
      "Put `.section .note.GNU-stack,\"\",@progbits` into assembly files; or `-z noexecstack`, and"
          + " `--no-warn-execstack` where it is meant."),
  PROHIBITED_REFERENCE(
      Topic.LAYOUT,
      "prohibited cross reference from A to 'NAME' in B",
      "Code refers to a section that `NOCROSSREFS` of the script separates from it.",
      "Remove the reference, or the command."),
  PROGRAM_PROPERTY(
      Topic.LAYOUT,
      "missing SHSTK property\nunknown program property 0xN is left out",
      "An object does not declare what `-z cet-report` and the like ask of all (`-fcf-protection`),"
          + " or declares what the architecture does not know.",
      "Compile it with the option that the property belongs to."),
  FRAME_INDEX(
      Topic.LAYOUT,
      "unsupported pointer encoding in .eh_frame; no .eh_frame_hdr table will be created\n"
          + "code is too far from .eh_frame_hdr for its 32-bit offsets; exceptions are found"
          + " without its table",
      "An object's unwind information is written in a way that has no place in the sorted table, or"
          + " code of the large model lies more than 2 GiB away. Exceptions work, and are slower.",
      "Compile the object with a current compiler; keep code nearer."),
  PACKAGE_METADATA(
      Topic.LAYOUT,
      "--package-metadata=... does not contain valid JSON, ignoring",
      "The note's text is no JSON; no note is made.",
      "Correct the text."),

  // Linker scripts, version scripts, dynamic lists.

  SCRIPT_SYNTAX(
      Topic.SCRIPTS,
      "';' expected\nunknown command 'X'\n'.' is no output section's name\n...",
      "A linker script, version script, dynamic list, or an expression of an option, is not written"
          + " as its language asks for.",
      "Correct it at the place that the message shows."),
  SCRIPT_UNSUPPORTED(
      Topic.SCRIPTS,
      "X is not supported in a linker script ...\noutput format 'X' is not supported",
      "The script asks for what jld cannot do, or not in a script that is given in this way.",
      "Give the script with `-T` if the message says so; else write it without. See"
          + " [compatibility.md](compatibility.md)."),
  SCRIPT_EXPRESSION(
      Topic.SCRIPTS,
      "undefined symbol 'NAME' referenced in expression\ndivision by zero in expression\n...",
      "An expression has no value.",
      "Define what it refers to, before it where its place in the script counts."),
  SCRIPT_ASSERTION(
      Topic.SCRIPTS,
      "(the text of ASSERT)",
      "A condition that the script's author wrote into it does not hold.",
      "What the text says."),
  SCRIPT_COMMAND(
      Topic.SCRIPTS,
      "STARTUP stands there twice\nINSERT AFTER X: there is no such output section\n...",
      "Commands of a script, or of several, contradict each other.",
      "Correct the command that the message shows."),
  SCRIPT_NESTING(
      Topic.SCRIPTS,
      "INCLUDE is nested more than N deep\nlinker scripts name each other without end\n...",
      "Scripts include each other, or something in them is nested, deeper than makes sense.",
      "Break the circle."),
  MISPLACED_SCRIPT(
      Topic.SCRIPTS,
      "an input with output sections; -T is missing before it, is it not?",
      "A script with `SECTIONS` is named like an object: it then adds to the layout, and does not"
          + " replace it.",
      "Write `-T SCRIPT`."),

  // The output.

  NO_GDB_INDEX(
      Topic.OUTPUT,
      "no .gdb_index is made: ...",
      "A debugger that finds an index looks nowhere else, and this one would not be whole: debug"
          + " information is damaged, or there is something in it that an index cannot tell.",
      "Compile what the message names anew, with `-ggnu-pubnames` where that is asked for; without"
          + " an index debuggers read everything."),
  OUTPUT_NOT_WRITABLE(
      Topic.OUTPUT,
      "cannot open output file FILE: Permission denied\nno space left on device",
      "The system does not let the output be made or written. What stood there before is as it"
          + " was.",
      "Mend what the system's reason says."),
  REPORT_NOT_WRITABLE(
      Topic.OUTPUT,
      "a report cannot be written: ...\nstandard output: ...",
      "A map or another report that was asked for cannot be written; there is no output then"
          + " either.",
      "Mend what the system's reason says."),

  // jld itself.

  UNUSABLE_ARCHITECTURE(
      Topic.ITSELF,
      "architecture cannot be loaded: ...\narchitecture 'NAME' is passed over: ...",
      "A jar with an architecture is damaged, made for another version of jld, or takes a name that"
          + " another has. Links for other architectures go on.",
      "Take the jar out of `lib/arch/`, or put the one for this version there."),
  INVALID_REQUEST(
      Topic.ITSELF,
      "the arena cannot be used: ...\nNAME is confined to another thread",
      "A program that embeds jld has given it memory, an executor or a request that cannot be"
          + " used.",
      "See [embedding.md](embedding.md)."),
  INTERRUPTED(
      Topic.ITSELF,
      "the link was interrupted",
      "The thread that links was interrupted; the output stays as it was.",
      "Link again."),
  CANCELLED(
      Topic.ITSELF,
      "the link was cancelled",
      "The program that links has cancelled the link (`Cancellation`); the output stays as it was.",
      "Link again."),
  NESTED_TOO_DEEPLY(
      Topic.ITSELF,
      "an input is nested too deeply: the stack is full",
      "An input makes the linker call itself too often.",
      "Mostly a damaged file. `JLD_JAVA_OPTS=-Xss64m` gives more room."),
  OUT_OF_MEMORY(
      Topic.ITSELF,
      "out of memory\nnot enough memory for an output of N bytes",
      "The link needs more memory than the JVM may have.",
      "`JLD_JAVA_OPTS=-Xmx8g` gives it more."),
  INTERNAL_ERROR(
      Topic.ITSELF,
      "internal error: ...",
      "A fault of jld or of an architecture that is plugged in.",
      "Please report it, with the inputs if you can; `JLD_DEBUG=1` shows where.");

  /** What a code belongs to: a chapter of the list. */
  public enum Topic {
    OPTIONS("The command line"),
    FILES("Files"),
    SYMBOLS("Symbols"),
    RELOCATIONS("Relocations"),
    LAYOUT("Sections and layout"),
    SCRIPTS("Scripts"),
    OUTPUT("The output"),
    ITSELF("jld itself");

    private final String title;

    Topic(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }

  /** What one message speaks for. */
  public enum Extent {
    /** The place that it names. */
    PLACE,
    /** All that the file has of this kind about the same symbol. */
    SYMBOL,
    /** All that the file has of this kind. */
    FILE
  }

  private final Topic topic;
  private final String messages;
  private final String cause;
  private final String cure;

  DiagnosticCode(Topic topic, String messages, String cause, String cure) {
    this.topic = topic;
    this.messages = messages;
    this.cause = cause;
    this.cure = cure;
  }

  /** The code's name for people: {@code undefined-symbol} for {@link #UNDEFINED_SYMBOL}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * What one message speaks for. What is the fault of how a file was compiled is not repeated for
   * each place in it.
   */
  public Extent extent() {
    return switch (this) {
      case DUPLICATE_FILE, NOT_PIC, TEXT_RELOCATION, TLS_SEQUENCE, UNKNOWN_RELOCATION ->
          Extent.FILE;
      case RELOCATION_OVERFLOW -> Extent.SYMBOL;
      default -> Extent.PLACE;
    };
  }

  public Topic topic() {
    return topic;
  }

  /** How its messages read: one or several, one a line. */
  public String messages() {
    return messages;
  }

  /** What has happened, in Markdown. */
  public String cause() {
    return cause;
  }

  /** What can be done about it, in Markdown. */
  public String cure() {
    return cure;
  }
}
