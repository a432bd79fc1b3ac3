import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Makes a site of the documentation: a page of HTML for each of Markdown, with the contents of
 * {@code README.md} beside it. {@code mvn -q -N -Psite package} runs it.
 */
public final class Site {
  private static final List<Extension> EXTENSIONS =
      List.of(TablesExtension.create(), HeadingAnchorExtension.create());
  private static final String INDEX = "README.md";

  private final Path from;
  private final Path to;
  private final Parser parser = Parser.builder().extensions(EXTENSIONS).build();
  private final HtmlRenderer renderer = HtmlRenderer.builder().extensions(EXTENSIONS).build();

  private Site(Path from, Path to) {
    this.from = from;
    this.to = to;
  }

  /**
   * @param args the directory of the documentation, and that of the site
   */
  public static void main(String[] args) throws IOException {
    new Site(Path.of(args[0]), Path.of(args[1])).make();
  }

  private void make() throws IOException {
    Files.createDirectories(to);
    Node index = parse(INDEX);
    for (Path page : pages()) {
      String name = page.getFileName().toString();
      Node document = parse(name);
      String contents = contents(index, name);
      document.accept(new SiteLinks());
      Files.writeString(to.resolve(html(name)), page(title(document), contents, document));
    }
    Files.copy(from.resolve("site/style.css"), fresh("style.css"));
    copyImages();
  }

  private List<Path> pages() throws IOException {
    try (Stream<Path> all = Files.list(from)) {
      return all.filter(p -> p.toString().endsWith(".md")).sorted().toList();
    }
  }

  private void copyImages() throws IOException {
    Files.createDirectories(to.resolve("images"));
    try (Stream<Path> all = Files.list(from.resolve("images"))) {
      for (Path image : all.toList()) {
        Files.copy(image, fresh("images/" + image.getFileName()));
      }
    }
  }

  private Path fresh(String name) throws IOException {
    Files.deleteIfExists(to.resolve(name));
    return to.resolve(name);
  }

  private Node parse(String name) throws IOException {
    return parser.parse(Files.readString(from.resolve(name)));
  }

  private static String html(String page) {
    return page.equals(INDEX) ? "index.html" : page.replaceFirst("\\.md$", ".html");
  }

  /** The text of the first heading. */
  private static String title(Node document) {
    for (Node n = document.getFirstChild(); n != null; n = n.getNext()) {
      if (n instanceof Heading) {
        return text(n);
      }
    }
    return "jld";
  }

  private static String text(Node n) {
    StringBuilder out = new StringBuilder();
    n.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Text text) {
            out.append(text.getLiteral());
          }

          @Override
          public void visit(Code code) {
            out.append(code.getLiteral());
          }
        });
    return out.toString();
  }

  /** The pages that the index lists, below the headings that it lists them under. */
  private static String contents(Node index, String current) {
    StringBuilder out = new StringBuilder(entry(INDEX, "jld", current));
    index.accept(
        new AbstractVisitor() {
          private String heading = "";

          @Override
          public void visit(Heading h) {
            heading = h.getLevel() == 2 ? "<h2>" + escaped(text(h)) + "</h2>\n" : heading;
          }

          @Override
          public void visit(Link link) {
            boolean listed = link.getParent().getParent() instanceof ListItem;
            if (listed && link.getPrevious() == null && isPage(link.getDestination())) {
              out.append(heading).append(entry(link.getDestination(), text(link), current));
              heading = "";
            }
          }
        });
    return out.toString();
  }

  private static boolean isPage(String destination) {
    return destination.matches("[\\w-]+\\.md");
  }

  private static String entry(String page, String text, String current) {
    String here = page.equals(current) ? " aria-current=\"page\"" : "";
    return "<a href=\"%s\"%s>%s</a>\n".formatted(html(page), here, escaped(text));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private String page(String title, String contents, Node document) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <link rel="stylesheet" href="style.css">
    </head>
    <body>
    <nav aria-label="Contents">
    %s</nav>
    <main>
    %s</main>
    </body>
    </html>
    """
        .formatted(escaped(title), contents, renderer.render(document));
  }

  /** Links to pages lead to those of the site; what is no part of it is named without a link. */
  private static final class SiteLinks extends AbstractVisitor {
    @Override
    public void visit(Link link) {
      String to = link.getDestination();
      int anchor = to.indexOf('#');
      String page = anchor < 0 ? to : to.substring(0, anchor);
      if (isPage(page)) {
        link.setDestination(html(page) + to.substring(page.length()));
      } else if (!page.isEmpty() && !page.startsWith("images/") && !page.contains("://")) {
        link.insertBefore(new Text(text(link)));
        link.unlink();
      }
    }
  }
}
