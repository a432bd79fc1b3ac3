package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.pattern.SymbolPattern;
import io.jld.pattern.SymbolPattern.Language;
import io.jld.pattern.VersionScript;
import io.jld.pattern.VersionScript.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads version scripts and dynamic lists, whose lists of symbols are the same.
 *
 * <p>Some things are allowed that GNU ld refuses and other linkers do not: {@code global:} and
 * {@code local:} in any order and more than once, no {@code ;} after the last name of a block or
 * after the last block, an empty block.
 */
public final class SymbolListParser {
  private static final int MAX_NESTING = 100;

  private final String file;
  private final ScriptReader in;
  private int nesting;

  private SymbolListParser(String file, String text) {
    this(file, new ScriptReader(file, text));
  }

  private SymbolListParser(String file, ScriptReader in) {
    this.file = file;
    this.in = in;
  }

  /**
   * Parses the version scripts of a link, whose nodes follow each other, and after them those of
   * linker scripts.
   *
   * @param more what {@code VERSION} says in linker scripts
   * @throws LinkException where a script is malformed; where a version is defined twice, follows
   *     one that is not defined before it, or makes a name local that another has made global
   */
  public static VersionScript versions(List<LinkOption.Script> scripts, List<Node> more) {
    List<Node> nodes = new ArrayList<>();
    for (LinkOption.Script script : scripts) {
      new SymbolListParser(script.name(), script.text()).nodes(nodes);
    }
    nodes.addAll(more);
    checkNames(nodes);
    checkConflicts(nodes);
    return new VersionScript(nodes);
  }

  /** The nodes in the braces after {@code VERSION} in a linker script. */
  static List<Node> versions(String file, ScriptReader in) {
    List<Node> nodes = new ArrayList<>();
    in.expect('{', "after VERSION");
    while (!in.accept('}')) {
      nodes.add(new SymbolListParser(file, in).node());
    }
    return nodes;
  }

  /**
   * Parses a dynamic list: {@code { f; g_*; extern "C++" { ns::*; }; };}, as {@code --dynamic-list}
   * and {@code --export-dynamic-symbol-list} name it. There may be several such blocks.
   *
   * @return the patterns in their order
   * @throws LinkException where the list is malformed
   */
  public static List<SymbolPattern> dynamicList(String file, String text) {
    return new SymbolListParser(file, text).list();
  }

  private void nodes(List<Node> nodes) {
    do {
      nodes.add(node());
    } while (!in.atEnd());
  }

  private Node node() {
    in.peek();
    int line = in.line();
    String name = in.word(SymbolListParser::isTagChar);
    in.expect('{', name.isEmpty() ? "in version script" : "after the version's name");
    List<SymbolPattern> globals = new ArrayList<>();
    List<SymbolPattern> locals = new ArrayList<>();
    List<SymbolPattern> current = globals;
    while (!in.accept('}')) {
      if (in.acceptTag("global")) {
        current = globals;
      } else if (in.acceptTag("local")) {
        current = locals;
      } else {
        entry(current, Language.C);
      }
    }
    List<String> parents = new ArrayList<>();
    while (!in.atEnd() && in.peek() != '}' && !in.accept(';')) {
      String parent = in.word(SymbolListParser::isTagChar);
      if (parent.isEmpty()) {
        throw in.unexpected("';' expected after the version's '}'");
      }
      parents.add(parent);
    }
    return new Node(file, line, name, globals, locals, parents);
  }

  private List<SymbolPattern> list() {
    List<SymbolPattern> patterns = new ArrayList<>();
    do {
      in.expect('{', "in dynamic list");
      while (!in.accept('}')) {
        entry(patterns, Language.C);
      }
      if (!in.accept(';') && !in.atEnd()) {
        throw in.unexpected("';' expected after '}'");
      }
    } while (!in.atEnd());
    return patterns;
  }

  /** A name with its {@code ;}, or {@code extern "C++" { ... };}. */
  private void entry(List<SymbolPattern> into, Language language) {
    boolean quoted = in.peek() == '"';
    String name = quoted ? in.quoted() : in.symbol(SymbolListParser::isSymbolChar);
    if (!quoted && name.equals("extern") && in.peek() == '"') {
      block(into);
    } else if (name.isEmpty()) {
      throw in.unexpected("a symbol's name expected");
    } else {
      into.add(SymbolPattern.of(name, quoted, language));
    }
    if (!in.accept(';') && in.peek() != '}') {
      throw in.unexpected("';' expected");
    }
  }

  private void block(List<SymbolPattern> into) {
    int line = in.line();
    String name = in.quoted();
    Language language =
        switch (name) {
          case "C" -> Language.C;
          case "C++" -> Language.CXX;
          default ->
              throw in.error(
                  DiagnosticCode.SCRIPT_SYNTAX, "unknown language " + quote(name) + " in extern");
        };
    if (++nesting > MAX_NESTING) {
      throw in.error(
          DiagnosticCode.SCRIPT_NESTING, "extern is nested more than " + MAX_NESTING + " deep");
    }
    in.expect('{', "after extern");
    while (!in.accept('}')) {
      entry(into, language);
    }
    nesting--;
  }

  private static void checkNames(List<Node> nodes) {
    Set<String> names = new HashSet<>();
    for (Node node : nodes) {
      if (node.anonymous() && nodes.size() > 1) {
        throw error(node, "a version without a name cannot be combined with other versions");
      }
      for (String parent : node.parents()) {
        if (!names.contains(parent)) {
          throw error(
              node, "version " + quote(parent) + " is not defined before the one that follows it");
        }
      }
      if (!names.add(node.name())) {
        throw error(node, "version " + quote(node.name()) + " is defined twice");
      }
    }
  }

  /**
   * The same name or pattern may not be global in one node and local in another; within a node
   * global wins.
   */
  private static void checkConflicts(List<Node> nodes) {
    Map<SymbolPattern, Node> globals = new HashMap<>();
    Map<SymbolPattern, Node> locals = new HashMap<>();
    for (Node node : nodes) {
      for (SymbolPattern pattern : node.globals()) {
        checkConflict(node, pattern, locals);
      }
      for (SymbolPattern pattern : node.locals()) {
        checkConflict(node, pattern, globals);
      }
      node.globals().forEach(pattern -> globals.putIfAbsent(pattern, node));
      node.locals().forEach(pattern -> locals.putIfAbsent(pattern, node));
    }
  }

  private static void checkConflict(
      Node node, SymbolPattern pattern, Map<SymbolPattern, Node> others) {
    Node other = others.get(pattern);
    if (other != null) {
      throw error(
          node,
          "%s is global in one version and local in another, %s and %s"
              .formatted(quote(pattern.text()), quote(other.name()), quote(node.name())));
    }
  }

  private static LinkException error(Node node, String message) {
    return new LinkException(
        DiagnosticCode.SCRIPT_SYNTAX, Location.file(node.file() + ":" + node.line()), message);
  }

  /** Versions have names like symbols, without wildcards. */
  private static boolean isTagChar(int c) {
    return isSymbolChar(c) && "*?[]\\!^".indexOf(c) < 0;
  }

  private static boolean isSymbolChar(int c) {
    return c > ' ' && c != 0x7f && ";:{}(),\"#=".indexOf(c) < 0;
  }
}
