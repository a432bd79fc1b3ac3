package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.plan.Expression;
import io.jld.plan.HeaderStatement;
import io.jld.plan.LayoutPlan;
import io.jld.plan.LayoutPlan.Flag;
import io.jld.plan.MemoryRegion;
import io.jld.plan.Place;
import io.jld.plan.RegionAlias;
import io.jld.plan.Statement;
import java.util.OptionalLong;

/** Reads the commands that describe the output, each of which becomes a part of a plan. */
final class LayoutParser {
  private final ScriptReader in;
  private final IncludeStack includes;
  private final LayoutPlan.Builder plan = new LayoutPlan.Builder();

  LayoutParser(ScriptReader in, IncludeStack includes) {
    this.in = in;
    this.includes = includes;
  }

  /** What a command says, whose word has been read; null where it is none of these. */
  LayoutPlan command(Place place, String word) {
    switch (word) {
      case "SECTIONS" -> {
        new SectionsParser(in, includes).braces().forEach(plan::add);
        plan.add(Flag.SECTIONS);
      }
      case "MEMORY" -> {
        in.expect('{', "after MEMORY");
        regions(in, true);
        plan.add(Flag.MEMORY);
      }
      case "PHDRS" -> {
        in.expect('{', "after PHDRS");
        while (!in.accept('}')) {
          plan.add(header());
        }
        plan.add(Flag.PHDRS);
      }
      case "REGION_ALIAS" -> plan.add(alias(place));
      case "INSERT" -> plan.add(insert(place));
      case "LD_FEATURE" -> feature();
      case "FORCE_COMMON_ALLOCATION", "INHIBIT_COMMON_ALLOCATION", "FORCE_GROUP_ALLOCATION" ->
          plan.add(Flag.valueOf(word));
      default -> {
        return null;
      }
    }
    return plan.build();
  }

  private String name(ScriptReader from, String expected) {
    String name = from.name();
    if (name.isEmpty()) {
      throw from.unexpected(expected + " expected");
    }
    return name;
  }

  /**
   * @param braces whether {@code }} ends them, and not the text
   */
  private void regions(ScriptReader from, boolean braces) {
    while (braces ? !from.accept('}') : !from.atEnd()) {
      if (from.accept(',') || from.accept(';')) {
        continue;
      }
      from.peek();
      Place place = from.place();
      boolean quoted = from.peek() == '"';
      String name = name(from, "a region's name or '}'");
      if (name.equals("INCLUDE") && !quoted) {
        ScriptReader sub = includes.enter(from.fileName("INCLUDE"), place);
        if (sub != null) {
          regions(sub, false);
          includes.leave();
        }
      } else {
        plan.add(region(from, place, name));
      }
    }
  }

  private MemoryRegion region(ScriptReader from, Place place, String name) {
    int with = 0;
    int without = 0;
    if (from.accept('(')) {
      boolean not = false;
      while (!from.accept(')')) {
        int c = from.peek();
        int attribute = c < 0 ? 0 : MemoryRegion.attribute((char) c);
        if (c != '!' && attribute == 0) {
          throw from.unexpected(
              "an attribute of a region (r, w, x, a, i, l or '!') or ')' expected");
        }
        from.accept((char) c);
        not ^= c == '!';
        with |= not ? 0 : attribute;
        without |= not ? attribute : 0;
      }
    }
    from.expect(':', "after the name and the attributes of region " + quote(name));
    Expression origin = field(from, "ORIGIN", "org", "o", name);
    from.accept(',');
    Expression length = field(from, "LENGTH", "len", "l", name);
    return new MemoryRegion(place, name, with, without, origin, length);
  }

  private static Expression field(
      ScriptReader from, String field, String shorter, String shortest, String region) {
    from.peek();
    Place place = from.place();
    String word = from.word(ScriptReader::isSymbolChar);
    if (!word.equals(field) && !word.equals(shorter) && !word.equals(shortest)) {
      String message = field + " = value expected for region " + quote(region);
      throw word.isEmpty()
          ? from.unexpected(message)
          : place.error(DiagnosticCode.SCRIPT_SYNTAX, message);
    }
    from.expect('=', "after " + field);
    return new ExpressionParser(from).next();
  }

  private HeaderStatement header() {
    in.peek();
    Place place = in.place();
    String name = name(in, "a program header's name or '}'");
    long type = type();
    boolean fileHeader = false;
    boolean programHeaders = false;
    Expression load = null;
    Expression flags = null;
    while (!in.accept(';')) {
      String word = in.word(ScriptReader::isSymbolChar);
      switch (word) {
        case "FILEHDR" -> fileHeader = true;
        case "PHDRS" -> programHeaders = true;
        case "AT" -> load = new ExpressionParser(in).bracketed(word);
        case "FLAGS" -> flags = new ExpressionParser(in).bracketed(word);
        case "" -> throw in.unexpected("';' or FILEHDR, PHDRS, AT, FLAGS expected in PHDRS");
        default ->
            throw in.error(
                DiagnosticCode.SCRIPT_SYNTAX,
                quote(word) + " can't stand here: ';' or FILEHDR, PHDRS, AT, FLAGS expected");
      }
    }
    return new HeaderStatement(place, name, type, fileHeader, programHeaders, load, flags);
  }

  /** A name or a number, which depends on nothing. */
  private long type() {
    in.peek();
    Expression type = new ExpressionParser(in).next();
    String name = type.symbol();
    if (name != null) {
      long known = HeaderStatement.type(name);
      if (known < 0) {
        throw type.place()
            .error(
                DiagnosticCode.SCRIPT_SYNTAX,
                quote(name)
                    + " is no type of a program header: PT_LOAD, PT_PHDR, PT_NOTE, ... or a number"
                    + " expected"
                    + Spelling.hint(name, HeaderStatement.typeNames()));
      }
      return known;
    }
    return type.evaluate(symbol -> OptionalLong.empty());
  }

  private RegionAlias alias(Place place) {
    in.expect('(', "after REGION_ALIAS");
    String alias = name(in, "an alias");
    in.expect(',', "after the alias in REGION_ALIAS");
    String region = name(in, "a region's name");
    in.expect(')', "after the region in REGION_ALIAS");
    return new RegionAlias(place, alias, region);
  }

  private Statement insert(Place place) {
    boolean after = in.acceptWord("AFTER");
    if (!after && !in.acceptWord("BEFORE")) {
      throw in.unexpected("AFTER or BEFORE expected after INSERT");
    }
    return new Statement.Insert(place, after, name(in, "an output section's name"));
  }

  private void feature() {
    in.expect('(', "after LD_FEATURE");
    in.peek();
    Place place = in.place();
    String feature = name(in, "a feature's name");
    if (!feature.equalsIgnoreCase("SANE_EXPR")) {
      throw unknownFeature(place, feature);
    }
    plan.add(Flag.SANE_EXPR);
    in.expect(')', "after the feature in LD_FEATURE");
  }

  private static LinkException unknownFeature(Place place, String feature) {
    return place.error(
        DiagnosticCode.SCRIPT_SYNTAX,
        "unknown feature " + quote(feature) + ": \"SANE_EXPR\" expected");
  }
}
