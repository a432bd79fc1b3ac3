package io.jld.elf;

/** Numbers of the ELF format that all architectures share (gABI 4.1 and its GNU extensions). */
public final class Elf {
  // ELF header
  public static final int ELFCLASS32 = 1;
  public static final int ELFCLASS64 = 2;
  public static final int ELFDATA2LSB = 1;
  public static final int ELFOSABI_NONE = 0;
  public static final int ELFOSABI_GNU = 3;
  public static final int ET_REL = 1;
  public static final int ET_EXEC = 2;
  public static final int ET_DYN = 3;

  /** {@code e_phnum} where the number is in {@code sh_info} of the null section. */
  public static final int PN_XNUM = 0xffff;

  // Special section indices
  /** Of the machines, the one that defines some of the numbers here. */
  public static final int EM_X86_64 = 62;

  public static final int SHN_UNDEF = 0;
  public static final int SHN_LORESERVE = 0xff00;

  /** Common symbols of the medium and large code models (psABI amd64, "Special Sections"). */
  public static final int SHN_X86_64_LCOMMON = 0xff02;

  public static final int SHN_ABS = 0xfff1;
  public static final int SHN_COMMON = 0xfff2;
  public static final int SHN_XINDEX = 0xffff;

  // Section types
  public static final int SHT_NULL = 0;
  public static final int SHT_PROGBITS = 1;
  public static final int SHT_SYMTAB = 2;
  public static final int SHT_STRTAB = 3;
  public static final int SHT_RELA = 4;
  public static final int SHT_HASH = 5;
  public static final int SHT_DYNAMIC = 6;
  public static final int SHT_NOTE = 7;
  public static final int SHT_NOBITS = 8;
  public static final int SHT_REL = 9;
  public static final int SHT_DYNSYM = 11;
  public static final int SHT_INIT_ARRAY = 14;
  public static final int SHT_FINI_ARRAY = 15;
  public static final int SHT_PREINIT_ARRAY = 16;
  public static final int SHT_GROUP = 17;
  public static final int SHT_SYMTAB_SHNDX = 18;
  public static final int SHT_RELR = 19;
  public static final int SHT_ANDROID_REL = 0x60000001;
  public static final int SHT_ANDROID_RELA = 0x60000002;
  public static final int SHT_ANDROID_RELR = 0x6fffff00;
  public static final int SHT_LLVM_ADDRSIG = 0x6fff4c03;
  public static final int SHT_GNU_HASH = 0x6ffffff6;
  public static final int SHT_GNU_VERDEF = 0x6ffffffd;
  public static final int SHT_GNU_VERNEED = 0x6ffffffe;
  public static final int SHT_GNU_VERSYM = 0x6fffffff;

  /**
   * LLVM: how often functions call each other; 64-bit numbers with two relocations of no type each,
   * whose symbols are the caller and the called.
   */
  public static final int SHT_LLVM_CALL_GRAPH_PROFILE = 0x6fff4c09;

  public static final int SHT_X86_64_UNWIND = 0x70000001;

  // Section flags
  public static final long SHF_WRITE = 1;
  public static final long SHF_ALLOC = 2;
  public static final long SHF_EXECINSTR = 4;
  public static final long SHF_MERGE = 0x10;
  public static final long SHF_STRINGS = 0x20;
  public static final long SHF_INFO_LINK = 0x40;
  public static final long SHF_LINK_ORDER = 0x80;
  public static final long SHF_GROUP = 0x200;
  public static final long SHF_TLS = 0x400;
  public static final long SHF_COMPRESSED = 0x800;
  public static final long SHF_GNU_RETAIN = 0x200000;

  /** May be more than 2 GiB away from everything else (psABI amd64, "Section Attribute Flags"). */
  public static final long SHF_X86_64_LARGE = 0x10000000;

  public static final long SHF_EXCLUDE = 0x80000000L;

  public static final int GRP_COMDAT = 1;

  // Symbols
  public static final int STB_LOCAL = 0;
  public static final int STB_GLOBAL = 1;
  public static final int STB_WEAK = 2;
  public static final int STB_GNU_UNIQUE = 10;
  public static final int STT_NOTYPE = 0;
  public static final int STT_OBJECT = 1;
  public static final int STT_FUNC = 2;
  public static final int STT_SECTION = 3;
  public static final int STT_FILE = 4;
  public static final int STT_COMMON = 5;
  public static final int STT_TLS = 6;
  public static final int STT_GNU_IFUNC = 10;
  public static final int STV_DEFAULT = 0;
  public static final int STV_INTERNAL = 1;
  public static final int STV_HIDDEN = 2;
  public static final int STV_PROTECTED = 3;

  // Program headers
  public static final int PT_NULL = 0;
  public static final int PT_LOAD = 1;
  public static final int PT_DYNAMIC = 2;
  public static final int PT_INTERP = 3;
  public static final int PT_NOTE = 4;
  public static final int PT_SHLIB = 5;
  public static final int PT_PHDR = 6;
  public static final int PT_TLS = 7;
  public static final int PT_GNU_EH_FRAME = 0x6474e550;
  public static final int PT_GNU_STACK = 0x6474e551;
  public static final int PT_GNU_RELRO = 0x6474e552;
  public static final int PT_GNU_PROPERTY = 0x6474e553;
  public static final int PF_X = 1;
  public static final int PF_W = 2;
  public static final int PF_R = 4;

  // Compressed sections
  public static final int ELFCOMPRESS_ZLIB = 1;
  public static final int ELFCOMPRESS_ZSTD = 2;

  // Notes
  public static final int NT_GNU_ABI_TAG = 1;
  public static final int NT_GNU_BUILD_ID = 3;
  public static final int NT_GNU_PROPERTY_TYPE_0 = 5;
  public static final int NT_FDO_PACKAGING_METADATA = 0xcafe1a7e;

  // Dynamic section
  public static final int DT_NULL = 0;
  public static final int DT_NEEDED = 1;
  public static final int DT_PLTRELSZ = 2;
  public static final int DT_PLTGOT = 3;
  public static final int DT_HASH = 4;
  public static final int DT_STRTAB = 5;
  public static final int DT_SYMTAB = 6;
  public static final int DT_RELA = 7;
  public static final int DT_RELASZ = 8;
  public static final int DT_RELAENT = 9;
  public static final int DT_STRSZ = 10;
  public static final int DT_SYMENT = 11;
  public static final int DT_INIT = 12;
  public static final int DT_FINI = 13;
  public static final int DT_SONAME = 14;
  public static final int DT_RPATH = 15;
  public static final int DT_SYMBOLIC = 16;
  public static final int DT_REL = 17;
  public static final int DT_RELSZ = 18;
  public static final int DT_RELENT = 19;
  public static final int DT_PLTREL = 20;
  public static final int DT_DEBUG = 21;
  public static final int DT_TEXTREL = 22;
  public static final int DT_JMPREL = 23;
  public static final int DT_INIT_ARRAY = 25;
  public static final int DT_FINI_ARRAY = 26;
  public static final int DT_INIT_ARRAYSZ = 27;
  public static final int DT_FINI_ARRAYSZ = 28;
  public static final int DT_RUNPATH = 29;
  public static final int DT_FLAGS = 30;
  public static final int DT_PREINIT_ARRAY = 32;
  public static final int DT_PREINIT_ARRAYSZ = 33;
  public static final int DT_RELRSZ = 35;
  public static final int DT_RELR = 36;
  public static final int DT_RELRENT = 37;
  public static final int DT_ANDROID_REL = 0x6000000f;
  public static final int DT_ANDROID_RELSZ = 0x60000010;
  public static final int DT_ANDROID_RELA = 0x60000011;
  public static final int DT_ANDROID_RELASZ = 0x60000012;
  public static final int DT_ANDROID_RELR = 0x6fffe000;
  public static final int DT_ANDROID_RELRSZ = 0x6fffe001;
  public static final int DT_ANDROID_RELRENT = 0x6fffe003;
  public static final int DT_GNU_FLAGS_1 = 0x6ffffdf4;
  public static final int DT_GNU_HASH = 0x6ffffef5;
  public static final int DT_DEPAUDIT = 0x6ffffefb;
  public static final int DT_AUDIT = 0x6ffffefc;
  public static final int DT_VERSYM = 0x6ffffff0;
  public static final int DT_RELACOUNT = 0x6ffffff9;
  public static final int DT_RELCOUNT = 0x6ffffffa;
  public static final int DT_FLAGS_1 = 0x6ffffffb;
  public static final int DT_VERDEF = 0x6ffffffc;
  public static final int DT_VERDEFNUM = 0x6ffffffd;
  public static final int DT_VERNEED = 0x6ffffffe;
  public static final int DT_VERNEEDNUM = 0x6fffffff;
  public static final int DT_AUXILIARY = 0x7ffffffd;
  public static final int DT_FILTER = 0x7fffffff;
  public static final int DF_ORIGIN = 1;
  public static final int DF_SYMBOLIC = 2;
  public static final int DF_TEXTREL = 4;
  public static final int DF_BIND_NOW = 8;
  public static final int DF_STATIC_TLS = 16;
  public static final int DF_1_NOW = 1;
  public static final int DF_1_GLOBAL = 2;
  public static final int DF_1_NODELETE = 8;
  public static final int DF_1_LOADFLTR = 0x10;
  public static final int DF_1_INITFIRST = 0x20;
  public static final int DF_1_NOOPEN = 0x40;
  public static final int DF_1_ORIGIN = 0x80;
  public static final int DF_1_INTERPOSE = 0x400;
  public static final int DF_1_NODEFLIB = 0x800;
  public static final int DF_1_NODUMP = 0x1000;
  public static final int DF_1_GLOBAUDIT = 0x01000000;
  public static final int DF_1_PIE = 0x08000000;
  public static final int DF_GNU_1_UNIQUE = 1;

  private Elf() {}
}
