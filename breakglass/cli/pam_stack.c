/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "pam_stack.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "breakglass/paths.h"
#include "sealed.h"

#define BLANKS " \t"
#define DEPTH_MAX 32
#define LINE_SIZE 2048

static void fail(struct pam_stack *stack, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void fail(struct pam_stack *stack, const char *format, ...) {
  va_list args;
  va_start(args, format);
  (void)vsnprintf(stack->problem, sizeof stack->problem, format, args);
  va_end(args);
}

/* The file and its folder must be root's, unless they are PAM's, which are judged as a
 * whole. */
static FILE *open_path(const char *name, const char *path) {
  bool judged = strchr(name, '/') == NULL;
  return judged || (is_roots_alone(path) && is_in_roots_folder(path)) ? fopen(path, "re") : NULL;
}

/* An absolute path, or the first of PAM's folders that has the file. */
static FILE *open_service(const char *name) {
  if (name[0] == '/') {
    return open_path(name, name);
  }
  FILE *file = NULL;
  for (size_t i = 0; i < 2 && file == NULL; i++) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", bg_paths()->pam_dirs[i], name);
    file = open_path(name, path);
  }
  return file;
}

/* One line, continued ones joined, from # on cut off. False at the end of file. */
static bool read_line(FILE *file, char text[static LINE_SIZE]) {
  size_t used = 0;
  text[0] = '\0';
  while (used < LINE_SIZE - 1 && fgets(text + used, (int)(LINE_SIZE - used), file) != NULL) {
    bool comment = strchr(text + used, '#') != NULL;
    used += strcspn(text + used, "#\n");
    text[used] = '\0';
    if (comment || used == 0 || text[used - 1] != '\\') {
      return true;
    }
    text[used - 1] = ' ';
  }
  return used > 0;
}

static char *word(char **text) {
  *text += strspn(*text, BLANKS);
  char *begin = *text;
  *text += strcspn(*text, BLANKS);
  if (**text != '\0') {
    *(*text)++ = '\0';
  }
  return begin;
}

/* "[...]" with blanks inside, or one word. NULL if a bracket stays open. */
static char *control_word(char **text, bool *ret_bracket) {
  *text += strspn(*text, BLANKS);
  *ret_bracket = **text == '[';
  if (!*ret_bracket) {
    return word(text);
  }
  char *begin = *text + 1;
  char *end = strchr(begin, ']');
  if (end == NULL) {
    return NULL;
  }
  *end = '\0';
  *text = end + 1;
  return begin;
}

static void add_line(struct pam_stack *stack, const char *control, const char *path,
                     struct pam_line line) {
  if (stack->count == PAM_LINES_MAX || strlen(control) >= sizeof line.control ||
      strlen(path) >= sizeof line.path) {
    fail(stack, "too long to be judged");
    return;
  }
  (void)snprintf(line.control, sizeof line.control, "%s", control);
  (void)snprintf(line.path, sizeof line.path, "%s", path);
  struct pam_line *added = &stack->lines[stack->count++];
  *added = line;
  const char *slash = line.malformed ? NULL : strrchr(added->path, '/');
  added->module = slash != NULL ? slash + 1 : added->path;
}

/* A type that is none fails wherever it is met; libpam fails in auth alone, which
 * comes to the same where somebody is to be let in. */
static void add_malformed(struct pam_stack *stack, const char *type, const char *control,
                          struct pam_line line) {
  char path[sizeof line.path];
  (void)snprintf(path, sizeof path, "a malformed line (%.64s)", type);
  line.malformed = true;
  add_line(stack, control[0] != '\0' ? control : "required", path, line);
}

static bool is_type(const char *word) {
  static const char *const types[] = {"auth", "account", "session", "password"};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    if (strcasecmp(word, types[i]) == 0) {
      return true;
    }
  }
  return false;
}

static void read_service(struct pam_stack *stack, const char *name, const char *facility,
                         unsigned depth);

static void parse_line(struct pam_stack *stack, char *text, const char *facility, unsigned depth) {
  char *type = word(&text);
  if (type[0] == '\0') {
    return;
  }
  if (strcasecmp(type, "@include") == 0) {
    read_service(stack, word(&text), facility, depth + 1);
    return;
  }
  struct pam_line line = {.silent = type[0] == '-'};
  line.malformed = !is_type(type + line.silent);
  if (!line.malformed && strcasecmp(type + line.silent, facility) != 0) {
    return;
  }
  char *control = control_word(&text, &line.bracket);
  if (control == NULL) {
    fail(stack, "a [ without its ]");
    return;
  }
  char *module = word(&text);
  if (line.malformed || module[0] == '\0') {
    add_malformed(stack, type, control, line);
    return;
  }
  if (!line.bracket && strcasecmp(control, "include") == 0) {
    read_service(stack, module, facility, depth + 1);
    return;
  }
  line.substack = !line.bracket && strcasecmp(control, "substack") == 0;
  line.has_arguments = text[strspn(text, BLANKS)] != '\0';
  add_line(stack, control, module, line);
}

static void read_service(struct pam_stack *stack, const char *name, const char *facility,
                         unsigned depth) {
  FILE *file = depth < DEPTH_MAX ? open_service(name) : NULL;
  if (file == NULL) {
    fail(stack, "%.100s cannot be read, or is not root's alone", name);
    return;
  }
  char text[LINE_SIZE];
  while (stack->problem[0] == '\0' && read_line(file, text)) {
    parse_line(stack, text, facility, depth);
  }
  (void)fclose(file);
}

void pam_stack_read(const char *service, const char *facility, struct pam_stack *ret_stack) {
  *ret_stack = (struct pam_stack){0};
  read_service(ret_stack, service, facility, 0);
}
