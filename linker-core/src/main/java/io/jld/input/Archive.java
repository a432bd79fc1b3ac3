package io.jld.input;

import io.jld.elf.Bytes;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads {@code ar} archives: System V and GNU, thin ones, and the long names of BSD.
 *
 * <pre>
 * "!&lt;arch&gt;\n" or, for a thin archive, "!&lt;thin&gt;\n"
 * then, each at an even offset:
 *    0  name[16]  padded with spaces:
 *                   NAME/   a short name                    NAME      the same as BSD writes it
 *                   /       symbol index, 32-bit offsets    /SYM64/   the same with 64-bit offsets
 *                   //      the table of long names         /123      the long name at offset 123 of it, up to "/\n"
 *                   #1/20   BSD: the name is the first 20 bytes of the content, padded with NUL
 *                           GNU ar leaves the last byte of a short name of 15 bytes after it: "/123          /"
 *                   /12:34  thin: the member whose header is at offset 34 of the archive with the long name at 12
 *   16  date[12]  uid[6]  gid[6]  mode[8]   not used by a linker, and not looked at
 *   48  size[10]  decimal, padded with spaces; the size of the content, which follows the header
 *   58  "`\n"
 * </pre>
 *
 * A thin archive has the content of the index and of the table of long names only; its members are
 * files, named relative to the archive's directory. {@link #index} tells which members are worth
 * reading; an archive without one, or with a damaged one, can only be read as a whole.
 */
public final class Archive {
  private static final byte[] MAGIC = NameBytes.bytes("!<arch>\n");
  private static final byte[] THIN_MAGIC = NameBytes.bytes("!<thin>\n");
  private static final int MAGIC_SIZE = 8;
  private static final int HEADER_SIZE = 60;
  private static final int ELF_MAGIC_SIZE = 4;
  private static final int NAME_SIZE = 16;
  private static final int SIZE_AT = 48;
  private static final int SIZE_DIGITS = 10;

  /** A name longer than the longest path of any system is no name. */
  private static final int MAX_NAME = 1 << 16;

  /** How often a member of a thin archive may be a reference to a member of a further one. */
  private static final int MAX_NESTING = 8;

  private final String file;
  private final Path path;
  private final MemorySegment bytes;
  private final boolean thin;
  private final Function<Path, MemorySegment> open;
  private final Map<Path, Archive> nested;

  /**
   * The header that was read last, and the first bytes after it: one copy is cheaper than sixty
   * reads of the segment, above all in cold code.
   */
  private final byte[] header = new byte[HEADER_SIZE + ELF_MAGIC_SIZE];

  private final MemorySegment headerMemory = MemorySegment.ofArray(header);

  private MemorySegment longNames;

  private Archive(
      String file,
      Path path,
      MemorySegment bytes,
      Function<Path, MemorySegment> open,
      Map<Path, Archive> nested) {
    this.file = file;
    this.path = path;
    this.bytes = bytes;
    this.open = open;
    this.nested = nested;
    if (!isArchive(bytes)) {
      throw new LinkException(
          DiagnosticCode.MALFORMED_ARCHIVE, Location.file(file), "not an archive");
    }
    thin = Arrays.equals(magic(bytes), THIN_MAGIC);
  }

  /** Whether the file starts as an archive does, a thin one included. */
  public static boolean isArchive(MemorySegment bytes) {
    if (bytes.byteSize() < MAGIC_SIZE) {
      return false;
    }
    byte[] magic = magic(bytes);
    return Arrays.equals(magic, MAGIC) || Arrays.equals(magic, THIN_MAGIC);
  }

  private static byte[] magic(MemorySegment bytes) {
    return Bytes.of(bytes, 0, MAGIC_SIZE);
  }

  /**
   * The members of an archive that has no path; a thin one is an error, since its members could not
   * be found.
   *
   * @throws LinkException where the archive is malformed
   */
  public static List<ArchiveMember> members(String archiveName, MemorySegment bytes) {
    return members(archiveName, null, bytes, null);
  }

  /**
   * The members of an archive in their order, without its symbol index and table of long names. A
   * thin archive's members are not opened; only an archive that one of them lies in is.
   *
   * @param archiveName the archive's name for messages
   * @param archivePath where the archive is: a thin archive's members are found from there
   * @param open maps a file: an archive which a thin archive names a member of; called once for
   *     each
   * @throws LinkException where the archive, or one that is nested in it, is malformed; and
   *     whatever {@code open} throws
   */
  public static List<ArchiveMember> members(
      String archiveName,
      Path archivePath,
      MemorySegment bytes,
      Function<Path, MemorySegment> open) {
    return new Archive(archiveName, archivePath, bytes, open, new HashMap<>()).members();
  }

  /**
   * Opens an archive; as {@link #members(String, Path, MemorySegment, Function)}, but nothing of it
   * is read yet.
   */
  public static Archive open(
      String archiveName,
      Path archivePath,
      MemorySegment bytes,
      Function<Path, MemorySegment> open) {
    return new Archive(archiveName, archivePath, bytes, open, new HashMap<>());
  }

  /** All bytes of the archive. */
  MemorySegment bytes() {
    return bytes;
  }

  /** Whether the members are files of their own. */
  public boolean isThin() {
    return thin;
  }

  /**
   * The symbol index, which is the first member; null where there is none.
   *
   * @throws LinkException where the archive is malformed
   */
  public ArchiveIndex index() {
    if (bytes.byteSize() == MAGIC_SIZE) {
      return null;
    }
    long size = readHeader(MAGIC_SIZE);
    if (!special() || header[1] == '/') {
      return null;
    }
    return ArchiveIndex.read(content(MAGIC_SIZE, size), header[1] == ' ' ? 4 : 8);
  }

  /**
   * The member whose header an index says is at {@code at}.
   *
   * @throws LinkException where there is none
   */
  public ArchiveMember memberAt(long at) {
    if (longNames == null) {
      findLongNames();
    }
    return memberAt(at, 0);
  }

  /**
   * The first member that {@code wanted} holds for; null if there is none. What stands after it is
   * not looked at.
   *
   * @throws LinkException where the archive is malformed
   */
  public ArchiveMember first(Predicate<ArchiveMember> wanted) {
    return read(new ArrayList<>(), wanted);
  }

  /**
   * All members, as {@link #members(String, Path, MemorySegment, Function)} has them.
   *
   * @throws LinkException where the archive is malformed
   */
  public List<ArchiveMember> members() {
    List<ArchiveMember> members = new ArrayList<>();
    read(members, m -> false);
    return members;
  }

  /** Reads members up to the first that {@code last} holds for, which it returns, or to the end. */
  private ArchiveMember read(List<ArchiveMember> members, Predicate<ArchiveMember> last) {
    long end = bytes.byteSize();
    long at = MAGIC_SIZE;
    while (at < end) {
      long size = readHeader(at);
      boolean special = special();
      if (special) {
        content(at, size); // must lie within the file even if nobody looks at it
        if (header[1] == '/') {
          longNames = content(at, size);
        }
      } else {
        ArchiveMember member = member(at, size, 0);
        if (!isBsdIndex(member.name())) {
          members.add(member);
          if (last.test(member)) {
            return member;
          }
        }
      }
      at += HEADER_SIZE;
      if (special || !thin) {
        at += size + (size & 1); // the one byte of padding may be missing at the file's end
      }
    }
    return null;
  }

  /** Reads and checks the header at {@code at} and gives the size that it states. */
  private long readHeader(long at) {
    long left = bytes.byteSize() - at;
    if (left < HEADER_SIZE) {
      throw error(at, "truncated archive: %d bytes where a member's header of 60 should be", left);
    }
    Bytes.move(bytes, at, headerMemory, 0, Math.min(left, header.length));
    if (header[58] != '`' || header[59] != '\n') {
      throw error(at, "malformed archive: no member's header here");
    }
    return decimal(header, SIZE_AT, SIZE_AT + SIZE_DIGITS, at, "size");
  }

  /** Whether the last header is that of the symbol index or of the table of long names. */
  private boolean special() {
    if (header[0] != '/') {
      return false;
    }
    return header[1] == ' ' || header[1] == '/' || startsWith("/SYM64/");
  }

  /** BSD's symbol indexes have names like any member. */
  private static boolean isBsdIndex(String name) {
    return name.startsWith("__.SYMDEF")
        && (name.equals("__.SYMDEF")
            || name.equals("__.SYMDEF SORTED")
            || name.equals("__.SYMDEF_64"));
  }

  private MemorySegment content(long at, long size) {
    long start = at + HEADER_SIZE;
    if (size > bytes.byteSize() - start) {
      throw error(
          at,
          "truncated archive: a member of %d bytes where %d are left",
          size,
          bytes.byteSize() - start);
    }
    return bytes.asSlice(start, size);
  }

  /** The member whose header was read last. */
  private ArchiveMember member(long at, long size, int depth) {
    if (header[0] == '/') {
      return longNamed(at, size, depth);
    }
    if (startsWith("#1/")) {
      return bsdNamed(at, size);
    }
    int length = 0;
    while (length < NAME_SIZE && header[length] != '/' && header[length] != 0) {
      length++;
    }
    if (length == NAME_SIZE || header[length] == 0) { // as BSD writes it
      while (length > 0 && header[length - 1] == ' ') {
        length--;
      }
    }
    return make(NameBytes.string(header, 0, length), at, size);
  }

  private ArchiveMember make(String name, long at, long size) {
    return thin
        ? new ArchiveMember(name, at, null, sibling(name, at), false)
        : new ArchiveMember(name, at, content(at, size), null, isElf(size));
  }

  /** Whether a member that begins right after the last header is an ELF file. */
  private boolean isElf(long size) {
    return size >= ObjectFile.LEAST_SIZE && Bytes.s32(header, HEADER_SIZE) == ObjectFile.MAGIC;
  }

  /** GNU: {@code /123}, or in a thin archive {@code /123:456}. */
  private ArchiveMember longNamed(long at, long size, int depth) {
    int colon = 1;
    while (colon < NAME_SIZE && header[colon] != ':') {
      colon++;
    }
    boolean slash = colon == NAME_SIZE && header[NAME_SIZE - 1] == '/';
    int end = slash ? NAME_SIZE - 1 : colon;
    String name = longName(decimal(header, 1, end, at, "long name's offset"), at);
    if (colon == NAME_SIZE) {
      return make(name, at, size);
    }
    long offset = decimal(header, colon + 1, NAME_SIZE, at, "nested member's offset");
    if (!thin) {
      throw error(
          at, "malformed archive: a nested archive's member in an archive that is not thin");
    }
    if (depth == MAX_NESTING) {
      throw error(at, "thin archives are nested more than %d deep", MAX_NESTING);
    }
    ArchiveMember inner = nested(sibling(name, at), at).memberAt(offset, depth + 1);
    return new ArchiveMember(inner.name(), at, inner.content(), inner.path(), inner.elf());
  }

  private String longName(long offset, long at) {
    if (longNames == null) {
      throw error(at, "malformed archive: a long name, but no table of long names before it");
    }
    long size = longNames.byteSize();
    if (offset >= size) {
      throw error(
          at, "malformed archive: long name at offset %d of a table of %d bytes", offset, size);
    }
    for (int chunk = 64;
        ;
        chunk *= 4) { // most names are short; the table of a large archive is not
      int limit = (int) Math.min(size - offset, chunk);
      byte[] name = Bytes.of(longNames, offset, limit);
      int length = 0;
      while (length < limit && name[length] != '\n' && name[length] != 0) {
        length++;
      }
      if (length < limit || limit == size - offset) {
        if (length > 0 && name[length - 1] == '/') {
          length--;
        }
        return NameBytes.string(name, 0, length);
      }
      if (chunk >= MAX_NAME) {
        throw error(at, "malformed archive: long name at offset %d has no end", offset);
      }
    }
  }

  /** BSD: {@code #1/20}; the name counts for the member's size. */
  private ArchiveMember bsdNamed(long at, long size) {
    long length = decimal(header, 3, NAME_SIZE, at, "name's length");
    if (thin) {
      throw error(at, "malformed archive: a BSD name in a thin archive");
    }
    if (length > size || length > MAX_NAME) {
      throw error(at, "malformed archive: a name of %d bytes in a member of %d", length, size);
    }
    MemorySegment content = content(at, size);
    long end = 0;
    while (end < length && Bytes.u8(content, end) != 0) {
      end++;
    }
    MemorySegment rest = content.asSlice(length);
    return new ArchiveMember(string(content, 0, (int) end), at, rest, null, ObjectFile.isElf(rest));
  }

  private Archive nested(Path file, long at) {
    Archive archive = nested.get(file);
    if (archive == null) {
      MemorySegment content = open.apply(file);
      if (!isArchive(content)) {
        throw error(
            at,
            "%s is not an archive, but one of its members is named here",
            NameBytes.string(file));
      }
      archive = new Archive(NameBytes.string(file), file, content, open, nested);
      archive.findLongNames();
      nested.put(file, archive);
    }
    return archive;
  }

  /** The table of long names stands before the first member. */
  private void findLongNames() {
    long at = MAGIC_SIZE;
    while (longNames == null && at < bytes.byteSize()) {
      long size = readHeader(at);
      if (!special()) {
        return;
      }
      MemorySegment content = content(at, size);
      if (header[1] == '/') {
        longNames = content;
      }
      at += HEADER_SIZE + size + (size & 1);
    }
  }

  private ArchiveMember memberAt(long at, int depth) {
    if (at < MAGIC_SIZE || at > bytes.byteSize() - HEADER_SIZE) {
      throw error(at, "no member here, but an index or a thin archive names one");
    }
    long size = readHeader(at);
    if (special()) {
      throw error(at, "no member here, but an index or a thin archive names one");
    }
    return member(at, size, depth);
  }

  private Path sibling(String name, long at) {
    if (path == null) {
      throw error(at, "a thin archive in memory: its members cannot be found");
    }
    if (name.isEmpty()) {
      throw error(at, "malformed archive: a member without a name in a thin archive");
    }
    try {
      return path.resolveSibling(NameBytes.path(name));
    } catch (InvalidPathException e) {
      throw error(at, "malformed archive: the member's name is no path: %s", e.getReason());
    }
  }

  private boolean startsWith(String prefix) {
    for (int i = 0; i < prefix.length(); i++) {
      if (header[i] != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Digits, then spaces; at least one digit. Sixteen bytes at most, so that no value overflows. */
  private long decimal(byte[] from, int start, int end, long at, String what) {
    long value = 0;
    int i = start;
    while (i < end && from[i] >= '0' && from[i] <= '9') {
      value = value * 10 + (from[i] - '0');
      i++;
    }
    boolean digits = i > start;
    while (i < end && from[i] == ' ') {
      i++;
    }
    if (!digits || i < end) {
      throw error(at, "malformed archive: the %s is not a decimal number", what);
    }
    return value;
  }

  private static String string(MemorySegment from, long start, int length) {
    return NameBytes.string(Bytes.of(from, start, length));
  }

  private LinkException error(long at, String format, Object... args) {
    return new LinkException(
        DiagnosticCode.MALFORMED_ARCHIVE,
        Location.file(file).at(at),
        String.format(Locale.ROOT, format, args));
  }
}
