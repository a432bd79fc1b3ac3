package io.jld.plan;

import io.jld.link.LinkException;
import io.jld.link.Location;

/**
 * Where something that people have written stands, for messages.
 *
 * @param file a script's name, or an option where {@code line} is 0
 * @param line from 1
 */
public record Place(String file, int line) {
  /** A place on the command line: {@code --defsym=end}. */
  public static Place option(String option) {
    return new Place(option, 0);
  }

  public Location location() {
    return line == 0 ? Location.NONE : Location.file(file + ":" + line);
  }

  /** What a message about this place says: where there is no location, it begins with it. */
  public String message(String text) {
    return line == 0 ? file + ": " + text : text;
  }

  public LinkException error(String text) {
    return new LinkException(location(), message(text));
  }
}
