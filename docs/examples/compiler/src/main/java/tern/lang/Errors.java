package tern.lang;

import java.util.ArrayList;
import java.util.List;
import tern.lang.Source.Place;

/** The errors of a program. A pass reports all that it finds, and none follows one that did. */
public final class Errors {
  /**
   * One error.
   *
   * @param place null where no source line is to blame
   */
  public record Error(Place place, String message) {
    @Override
    public String toString() {
      return (place == null ? "" : place + ": ") + "error: " + message;
    }
  }

  /** A program that is refused. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final transient List<Error> errors;

    public Refused(List<Error> errors) {
      super(String.join("\n", errors.stream().map(Error::toString).toList()));
      this.errors = List.copyOf(errors);
    }

    public List<Error> errors() {
      return errors;
    }
  }

  private final List<Error> errors = new ArrayList<>();

  public void add(Place place, String message) {
    errors.add(new Error(place, message));
  }

  public void check() throws Refused {
    if (!errors.isEmpty()) {
      throw new Refused(errors);
    }
  }
}
