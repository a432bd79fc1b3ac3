package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile.Group;
import io.jld.link.LinkException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an object's groups of sections (gABI, "Section Groups"), and takes each {@code
 * .gnu.linkonce} section for one. A group has the signature's symbol for a name, until names are
 * known.
 */
final class GroupReader {
  private final ObjectFile file;
  private final WordWindow window;

  private GroupReader(ObjectFile file, WordWindow window) {
    this.file = file;
    this.window = window;
  }

  /**
   * @throws LinkException where a group is not sound
   */
  static List<Group> read(ObjectFile file, WordWindow window) {
    List<Group> groups = new ArrayList<>();
    GroupReader reader = new GroupReader(file, window);
    window.open(file.data());
    for (int i = 1; i < file.sectionCount(); i++) {
      if (file.type(i) == SHT_GROUP) {
        groups.add(reader.group(i));
      } else if (file.kind(i) == SectionKind.LINKONCE) {
        groups.add(new Group(-1, true, new int[] {i}, 0));
      }
    }
    return groups;
  }

  private Group group(int i) {
    long size = file.rawSize(i);
    int sig = file.info(i);
    if (size < 4
        || size % 4 != 0
        || size >> 2 > Integer.MAX_VALUE - 8
        || sig <= 0
        || sig >= file.symbolCount()
        || file.link(i) != file.symbolTable()) {
      throw bad(i, " is invalid");
    }
    int[] members = new int[(int) (size >> 2) - 1];
    long at = file.offset(i);
    int flags = window.word(at);
    for (int k = 0; k < members.length; k++) {
      int m = window.word(at + 4 + 4L * k);
      if (m <= 0 || m >= file.sectionCount() || m == i) {
        throw bad(i, " has an invalid member");
      }
      members[k] = m;
    }
    return new Group(sig, (flags & GRP_COMDAT) != 0, members, i);
  }

  private LinkException bad(int section, String what) {
    return file.bad(file.header(section), "section group " + section + what);
  }
}
