package io.jld.link;

/**
 * The state of the positional options at the place of an input on the command line.
 *
 * @param wholeArchive {@code --whole-archive}: every member of an archive is linked
 * @param asNeeded {@code --as-needed}: a shared library gets a {@code DT_NEEDED} only where it
 *     satisfies a reference
 * @param staticOnly {@code -Bstatic}, {@code -static}: {@code -l} finds archives only, and a shared
 *     library is refused
 * @param copyDtNeeded {@code --copy-dt-needed-entries}: the libraries that a library needs are
 *     inputs as well
 * @since 0.1
 */
public record InputFlags(
    boolean wholeArchive, boolean asNeeded, boolean staticOnly, boolean copyDtNeeded) {
  public static final InputFlags NONE = new InputFlags(false, false, false, false);

  public InputFlags withWholeArchive(boolean on) {
    return new InputFlags(on, asNeeded, staticOnly, copyDtNeeded);
  }

  public InputFlags withAsNeeded(boolean on) {
    return new InputFlags(wholeArchive, on, staticOnly, copyDtNeeded);
  }

  public InputFlags withStaticOnly(boolean on) {
    return new InputFlags(wholeArchive, asNeeded, on, copyDtNeeded);
  }

  public InputFlags withCopyDtNeeded(boolean on) {
    return new InputFlags(wholeArchive, asNeeded, staticOnly, on);
  }
}
