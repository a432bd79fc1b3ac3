package io.jld.model;

/** Where a script that describes the output puts input sections. */
public interface ScriptedSections {
  /** The link's; where {@link Context#isScripted} says that there is one. */
  static ScriptedSections of(Context ctxt) {
    return ctxt.get(ScriptedSections.class);
  }

  /** Whether {@code KEEP} names the section, which is a root of {@code --gc-sections} then. */
  boolean isKept(int section);

  /** The name of the output section that a section goes to; its own where no pattern names it. */
  String outputName(int section, String own);
}
