/* A linker plug-in for tests. It claims objects in which "IR{" stands, takes their symbols from the lines up to "}"
   ("KIND VISIBILITY NAME [COMDAT]", all but names as numbers), and compiles nothing: what its options name is linked.

   add=FILE, lib=NAME, dir=DIR    is handed to the linker when all symbols are read
   log=FILE                       gets each symbol's resolution, what is wrapped, which hooks were called
   temp=FILE                      is made when it is loaded, and removed by the cleanup hook
   fd                             the file is open again then, which GNU ld's is not
   v1, v2                         asks for symbols as older plug-ins do
   say=LEVEL                      a message, with arguments of many kinds
   doubt                          a warning about each file that it is offered
   fail=onload, claim, read       returns an error there */
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OK, NO_SYMS, BAD_HANDLE, ERR };

struct file { const char *name; int fd; off_t offset, filesize; void *handle; };
struct symbol {
  char *name, *version;
  char def, type, section_kind, unused;
  int visibility;
  uint64_t size;
  char *comdat;
  int resolution;
};
struct tv { int tag; union { int val; const char *string; void *f; } u; };

static int (*message)(int, const char *, ...);
static int (*reg_claim)(void *), (*reg_read)(void *), (*reg_cleanup)(void *);
static int (*add_symbols)(void *, int, struct symbol *), (*get_symbols)(void *, int, struct symbol *);
static int (*gets[4])(void *, int, struct symbol *);
static int (*get_view)(const void *, const void **), (*get_file)(const void *, struct file *), (*release)(const void *);
static int (*add_file)(const char *), (*add_lib)(const char *), (*set_dir)(const char *);
static int (*get_wrap)(uint64_t *, const char ***);

static struct { void *handle; char name[256]; int count; struct symbol *symbols; } claimed[64];
static int files;
static const char *options[64];
static int optionCount;

static const char *option(const char *key, int n) {
  for (int i = 0; i < optionCount; i++)
    if (strncmp(options[i], key, strlen(key)) == 0 && n-- == 0) return options[i] + strlen(key);
  return 0;
}

static int fails(const char *where) {
  const char *f = option("fail=", 0);
  return f && strcmp(f, where) == 0 ? ERR : OK;
}

static void logged(const char *format, ...) {
  const char *name = option("log=", 0);
  if (!name) return;
  FILE *f = fopen(name, "a");
  va_list list;
  va_start(list, format);
  vfprintf(f, format, list);
  va_end(list);
  fclose(f);
}

static void say(void) {
  const char *level = option("say=", 0);
  if (level)
    message(atoi(level), "%s %d%c %lld %.2f %s %.1f %x %s %d %f %s %lu\n", "one", -2, '!', -3000000000LL, 4.25, "five", 6.5, 7,
            "eight", 9, 10.0, "eleven", 12UL);
}

static int claim(const struct file *f, int *out) {
  const void *view;
  *out = 0;
  if (fails("claim")) return ERR;
  if (option("doubt", 0)) message(1, "doubtful");
  if (get_view(f->handle, &view) != OK) return ERR;
  char *text = malloc(f->filesize + 1), *fromFd = malloc(f->filesize + 1);
  memcpy(text, view, f->filesize);
  if (pread(f->fd, fromFd, f->filesize, f->offset) != f->filesize || memcmp(text, fromFd, f->filesize)) return ERR;
  text[f->filesize] = 0;
  char *at = memmem(text, f->filesize, "IR{\n", 4);
  if (!at) return OK;
  struct symbol *symbols = calloc(64, sizeof *symbols);
  int n = 0;
  for (char *line = strtok(at + 4, "\n"); line && *line != '}'; line = strtok(0, "\n")) {
    int def, visibility;
    char name[100], comdat[100] = "";
    if (sscanf(line, "%d %d %99s %99s", &def, &visibility, name, comdat) < 3) return ERR;
    symbols[n].name = strdup(name);
    symbols[n].def = def;
    symbols[n].visibility = visibility;
    symbols[n].size = 4;
    symbols[n].comdat = *comdat ? strdup(comdat) : 0;
    n++;
  }
  claimed[files].handle = f->handle;
  const char *slash = strrchr(f->name, '/');
  snprintf(claimed[files].name, 256, "%s", slash ? slash + 1 : f->name);
  claimed[files].count = n;
  claimed[files++].symbols = symbols;
  *out = 1;
  return add_symbols(f->handle, n, symbols);
}

static int all_read(void) {
  for (int i = 0; i < files; i++) {
    struct file f;
    if (get_file(claimed[i].handle, &f) != OK || f.handle != claimed[i].handle) return ERR;
    if (option("fd", 0) && lseek(f.fd, 0, SEEK_END) != f.offset + f.filesize) return ERR;
    release(claimed[i].handle);
    int status = get_symbols(claimed[i].handle, claimed[i].count, claimed[i].symbols);
    logged("%s:%s\n", claimed[i].name, status == NO_SYMS ? " not linked" : "");
    for (int s = 0; status == OK && s < claimed[i].count; s++)
      logged("%s %d\n", claimed[i].symbols[s].name, claimed[i].symbols[s].resolution);
  }
  uint64_t wraps = 0;
  const char **wrap;
  if (get_wrap) get_wrap(&wraps, &wrap); /* GNU ld 2.40 has no such function */
  for (uint64_t i = 0; i < wraps; i++) logged("wrap %s\n", wrap[i]);
  const char *o;
  for (int n = 0; (o = option("add=", n)); n++) add_file(o);
  for (int n = 0; (o = option("lib=", n)); n++) add_lib(o);
  for (int n = 0; (o = option("dir=", n)); n++) set_dir(o);
  say();
  logged("read\n");
  return fails("read");
}

static int cleanup(void) {
  const char *temp = option("temp=", 0);
  if (temp) unlink(temp);
  logged("cleanup\n");
  return OK;
}

int onload(struct tv *tv) {
  int output = -1;
  for (; tv->tag; tv++) {
    void *f = tv->u.f;
    switch (tv->tag) {
      case 3: output = tv->u.val; break;
      case 4: options[optionCount++] = strdup(tv->u.string); break;
      case 5: reg_claim = f; break;
      case 6: reg_read = f; break;
      case 7: reg_cleanup = f; break;
      case 8: add_symbols = f; break;
      case 9: gets[1] = f; break;
      case 10: add_file = f; break;
      case 11: message = f; break;
      case 12: get_file = f; break;
      case 13: release = f; break;
      case 14: add_lib = f; break;
      case 16: set_dir = f; break;
      case 18: get_view = f; break;
      case 25: gets[2] = f; break;
      case 28: gets[3] = f; break;
      case 32: get_wrap = f; break;
    }
  }
  get_symbols = gets[option("v1", 0) ? 1 : option("v2", 0) ? 2 : 3];
  logged("output %d\n", output);
  if (option("temp=", 0)) close(open(option("temp=", 0), O_CREAT | O_WRONLY, 0600));
  reg_claim(claim);
  reg_read(all_read);
  reg_cleanup(cleanup);
  return fails("onload");
}
