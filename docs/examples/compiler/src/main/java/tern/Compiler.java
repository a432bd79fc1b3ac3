package tern;

import java.util.List;
import tern.code.Code;
import tern.code.Debug;
import tern.code.Generator;
import tern.code.Target;
import tern.lang.Checker;
import tern.lang.Errors;
import tern.lang.Errors.Refused;
import tern.lang.Parser;
import tern.lang.Source;
import tern.lang.Syntax.Declaration;
import tern.lang.Tree;

/** From a source file to an object: the table of contents. */
public final class Compiler {
  private Compiler() {}

  /**
   * Compiles one file. It knows nothing of the others: what it does not declare to be elsewhere is
   * an error here, and what is nowhere is one of the link.
   */
  public static Code compile(Source source, Target target) throws Refused {
    Errors errors = new Errors();

    // Characters become tokens, and tokens declarations: what is written.
    List<Declaration> file = Parser.parse(source, errors);
    errors.check();

    // Names get their meaning and values their types: what is meant.
    Tree.Unit unit = Checker.check(source, file, errors);
    errors.check();

    // Machine code, data, and fields that wait for the addresses of symbols.
    Code code = Generator.generate(unit, target);

    // How to find the caller at each instruction, and the line and the variables.
    Debug.write(code, source.name());
    return code;
  }
}
