/* SPDX-License-Identifier: BSD-2-Clause */
/* Which programs of a folder are run. */
#include <config.h>

#include "breakglass/program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"

/* As run-parts(8) has it. */
static bool is_name(const char *name) {
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return name[0] != '\0' && name[strspn(name, allowed)] == '\0';
}

static bool is_safe(int folder, const struct bg_program *program) {
  struct stat st;
  return fstatat(folder, program->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
         (st.st_uid == 0 || st.st_uid == program->owner) &&
         (st.st_mode & (S_IWGRP | S_IWOTH)) == 0 && (st.st_mode & S_IXUSR) != 0;
}

const char *bg_program_problem(const struct bg_program *program) {
  int folder = -1;
  if (!is_name(program->name)) {
    return "rename it, a program's name has letters, digits, _ and - only";
  }
  enum bg_error err = bg_dir_open(program->folder, program->owner, &folder);
  if (err != BG_OK) {
    return err == BG_ERR_UNSAFE ? "others can write its folder" : "its folder cannot be read";
  }
  const bool safe = is_safe(folder, program);
  (void)close(folder);
  return safe ? NULL : "not an executable file that only root can write";
}

static int is_shown(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

enum bg_error bg_programs_each(const char *folder, uid_t owner, bg_program_fn *on_program,
                               void *context) {
  struct dirent **entries = NULL;
  int dir = -1;
  enum bg_error err = bg_dir_open(folder, owner, &dir);
  if (err != BG_OK) {
    return err;
  }
  int count = scandirat(dir, ".", &entries, is_shown, by_bytes);
  err = count >= 0 ? BG_OK : errno == EACCES ? BG_ERR_DENIED : BG_ERR_IO;
  (void)close(dir);
  for (int i = 0; i < count; i++) {
    const struct bg_program program = {
        .folder = folder, .name = entries[i]->d_name, .owner = owner};
    on_program(context, &program, bg_program_problem(&program));
    free(entries[i]);
  }
  free(entries);
  return err;
}
