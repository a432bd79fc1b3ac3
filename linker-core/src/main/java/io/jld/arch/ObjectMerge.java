package io.jld.arch;

import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;

/**
 * Makes one of what the objects of a link say of themselves: {@code e_flags}, and a section of
 * attributes that is merged and not put side by side. {@link Arch#merge} makes one for each link;
 * it is told of the objects in the order of the link, on one thread, and asked for the results
 * afterwards. What does not go together it reports to the link.
 *
 * @since 0.1
 */
public interface ObjectMerge {
  /**
   * Takes an object's {@code e_flags}.
   *
   * @param object to name it in messages
   */
  void addFlags(Location object, int flags);

  /**
   * Reports an object that does not go together with another one.
   *
   * @param what the object is made for: {@code "the soft-float ABI"}
   * @param otherWhat the other one is made for
   */
  static void incompatible(
      Link ctxt, Location object, String what, Location other, String otherWhat) {
    ctxt.error(
        DiagnosticCode.INCOMPATIBLE_OBJECTS,
        object,
        "is compiled for "
            + what
            + " and can not be linked with "
            + other
            + ", which is compiled for "
            + otherWhat);
  }

  /** The output's {@code e_flags}; of a link without objects too. */
  int flags();

  /** The section of attributes; null where the architecture has none. */
  default AttributeSection attributeSection() {
    return null;
  }

  /**
   * Takes a section of an object that has the type of {@link #attributeSection}. It follows the
   * object's flags.
   *
   * @param section to name it in messages
   * @param content as it was read, of any size; nothing of it has been checked
   */
  default void addAttributes(Location section, Slice content) {}

  /** The content of the output's section; null or empty where it is to have none. */
  default byte[] attributes() {
    return null;
  }
}
