package io.jld.cli;

import static io.jld.cli.Status.IGNORED;

import io.jld.link.LinkOption;

/** What the output tells the dynamic loader; the keywords of {@code -z} are in {@link ZKeyword}. */
enum DynamicOpt implements Opt {
  DYNAMIC_LINKER("-I --dynamic-linker", "FILE", "Program interpreter; default: the architecture's"),
  NO_DYNAMIC_LINKER("--no-dynamic-linker", "", "No program interpreter"),
  SONAME("-h -soname", "NAME", "Name of the shared library for those that are linked with it"),
  RPATH("-rpath", "PATH", "Where the loader searches for libraries"),
  RPATH_LINK("-rpath-link", "PATH", "Where this link searches for libraries' libraries"),
  ENABLE_NEW_DTAGS("--enable-new-dtags", "", "Write DT_RUNPATH for -rpath; the default"),
  DISABLE_NEW_DTAGS("--disable-new-dtags", "", "Write DT_RPATH for -rpath"),
  HASH_STYLE("--hash-style", "STYLE", "Hash sections: sysv, gnu, both (the default)"),
  EH_FRAME_HDR("--eh-frame-hdr", "", "Write .eh_frame_hdr, the index of .eh_frame"),
  NO_EH_FRAME_HDR("--no-eh-frame-hdr", "", "Do not; the default"),
  AUXILIARY("-f --auxiliary", "NAME", "Auxiliary filter for NAME; for -shared only"),
  FILTER("-F --filter", "NAME", "Filter for NAME; for -shared only"),
  AUDIT("--audit", "LIB", "Audit with this library at run time"),
  DEPAUDIT("-P --depaudit", "LIB", "Audit the dependencies with this library"),
  Z("-z", "KEYWORD", "See the keywords"),
  SPARE_DYNAMIC_TAGS(
      "--spare-dynamic-tags", "COUNT", "Empty entries of .dynamic for other tools; default 0"),
  PACK_DYN_RELOCS(
      "--pack-dyn-relocs",
      "FORM",
      "Pack dynamic relocations: none (the default), relr, android, android+relr"),
  USE_ANDROID_RELR_TAGS(
      "--use-android-relr-tags", "", "Packed relative relocations have Android's numbers"),
  NO_USE_ANDROID_RELR_TAGS("--no-use-android-relr-tags", "", "They have the gABI's; the default"),
  CHECK_DYNAMIC_RELOCATIONS(
      "--check-dynamic-relocations --no-check-dynamic-relocations",
      "",
      "lld: check itself whether fields hold what dynamic relocations say",
      IGNORED,
      "what both say comes from one place; jld's tests compare them"),
  UNWIND_INFO("--ld-generated-unwind-info", "", "Write .eh_frame for the PLT; the default"),
  NO_UNWIND_INFO("--no-ld-generated-unwind-info", "", "Do not");

  private final Form form;

  DynamicOpt(String names, String value, String help) {
    this(names, value, help, Status.HONOURED, "");
  }

  DynamicOpt(String names, String value, String help, Status status, String why) {
    form = new Form(names, value, help, status, why);
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public void apply(Settings s, String value, String spelling) {
    switch (this) {
      case DYNAMIC_LINKER -> s.set(LinkOption.DYNAMIC_LINKER, value);
      case NO_DYNAMIC_LINKER -> s.set(LinkOption.NO_DYNAMIC_LINKER, true);
      case SONAME -> s.set(LinkOption.SONAME, value);
      case RPATH -> s.add(LinkOption.RPATH, value);
      case RPATH_LINK -> s.add(LinkOption.RPATH_LINK, value);
      case ENABLE_NEW_DTAGS -> s.set(LinkOption.NEW_DTAGS, true);
      case DISABLE_NEW_DTAGS -> s.set(LinkOption.NEW_DTAGS, false);
      case HASH_STYLE -> Values.hashStyle(s.request, value);
      case EH_FRAME_HDR -> s.set(LinkOption.EH_FRAME_HDR, true);
      case NO_EH_FRAME_HDR -> s.set(LinkOption.EH_FRAME_HDR, false);
      case SPARE_DYNAMIC_TAGS ->
          s.set(LinkOption.SPARE_DYNAMIC_TAGS, Numbers.count(value, 0, "count for " + spelling));
      case PACK_DYN_RELOCS -> {
        Values.check(spelling, value, "none", "relr", "android", "android+relr");
        s.set(LinkOption.PACK_RELATIVE_RELOCS, value.endsWith("relr"));
        s.set(LinkOption.PACK_ANDROID, value.startsWith("android"));
      }
      case USE_ANDROID_RELR_TAGS -> s.set(LinkOption.ANDROID_RELR_TAGS, true);
      case NO_USE_ANDROID_RELR_TAGS -> s.set(LinkOption.ANDROID_RELR_TAGS, false);
      case UNWIND_INFO -> s.set(LinkOption.PLT_UNWIND_INFO, true);
      case NO_UNWIND_INFO -> s.set(LinkOption.PLT_UNWIND_INFO, false);
      case AUXILIARY -> s.add(LinkOption.AUXILIARY, value);
      case FILTER -> s.add(LinkOption.FILTER, value);
      case AUDIT -> s.add(LinkOption.AUDIT, value);
      case DEPAUDIT -> s.add(LinkOption.DEPAUDIT, value);
      case Z -> s.warn(s.z.apply(value));
      default -> throw new AssertionError(this);
    }
  }
}
