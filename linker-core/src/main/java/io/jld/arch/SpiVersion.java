package io.jld.arch;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The version of the interface to architectures ({@link Arch} and what belongs to it) that an
 * architecture is made for: {@code @SpiVersion(SpiVersion.CURRENT)} before its class. The compiler
 * copies the number, so that the class says what it was compiled against.
 *
 * <p>An architecture of another version than jld's is left out, and its jar is named in a warning,
 * before any code of it runs. One that says no version is taken as it is; what does not fit is
 * found where it is called.
 *
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface SpiVersion {
  /**
   * The version of this interface. It rises with each change that an architecture has to be changed
   * for: not with methods that have a default.
   */
  int CURRENT = 1;

  /** The version that the annotated architecture is made for. */
  int value();
}
