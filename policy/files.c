/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of a configuration in their order: vendor, admin, then the drop-ins of both. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "files.h"

#define DROP_INS_MAX 32 /* in one folder */
#define FILES_MAX (2 + 2 * DROP_INS_MAX)

/* All stay in memory until the reading ends: values are views into them. */
struct bg_conf_files {
  struct bg_file file[FILES_MAX];
  size_t file_count;
  char *path[FILES_MAX];
  size_t path_count;
};

void bg_conf_vtell(struct bg_conf_told *told, struct bg_conf_problem *problem, size_t len,
                   const char *format, va_list args) {
  (void)vsnprintf(problem->text + len, sizeof problem->text - len, format, args);
  told->problems++;
  if (told->on_problem != NULL) {
    told->on_problem(told->context, problem);
  }
}

void bg_conf_tell(struct bg_conf_told *told, const char *file, unsigned line, const char *format,
                  ...) {
  struct bg_conf_problem problem = {.file = file, .line = line};
  va_list args;
  va_start(args, format);
  bg_conf_vtell(told, &problem, 0, format, args);
  va_end(args);
}

void bg_conf_files_free(struct bg_conf_files *files) {
  if (files == NULL) {
    return;
  }
  for (size_t i = 0; i < files->file_count; i++) {
    bg_file_free(&files->file[i]);
  }
  for (size_t i = 0; i < files->path_count; i++) {
    free(files->path[i]);
  }
  free(files);
}

struct source { /* where files are read from, and whose they are */
  const struct bg_conf_reader *reader;
  struct bg_conf_files *files;
  uid_t owner;
  bool vendor;
  bool required;
};

/* dir is an open folder, or -1 if path says it all. */
static void read_file(const struct source *source, int dir, const char *name, const char *path) {
  struct bg_file *file = &source->files->file[source->files->file_count];
  const struct bg_conf_reader *reader = source->reader;
  enum bg_error err = dir >= 0 ? bg_file_read_at(dir, name, source->owner, reader->file_max, file)
                               : bg_file_read(path, source->owner, reader->file_max, file);
  if (err == BG_OK) {
    source->files->file_count++;
    reader->on_text(reader->context, path, source->vendor, bg_bytes(file->data, file->len));
  } else if (err != BG_ERR_NOT_FOUND || source->required) {
    bg_conf_tell(source->reader->told, path, 0, "%s", bg_strerror(err));
  }
}

struct names {
  char name[DROP_INS_MAX][NAME_MAX + 1];
  size_t count;
};

static bool is_drop_in(const char *name) {
  size_t len = strlen(name);
  return name[0] != '.' && len > strlen(".conf") &&
         strcmp(name + len - strlen(".conf"), ".conf") == 0;
}

/* getdents64() and not readdir(): that one allocates 32 KiB and asks four times. */
static enum bg_error list_drop_ins(int dir, struct names *names) {
  _Alignas(struct dirent64) char buffer[4096];
  ssize_t got;
  while ((got = getdents64(dir, buffer, sizeof buffer)) > 0) {
    for (ssize_t at = 0; at < got;) {
      const struct dirent64 *entry = (const struct dirent64 *)(const void *)(buffer + at);
      at += entry->d_reclen;
      if (!is_drop_in(entry->d_name)) {
        continue;
      }
      if (names->count == DROP_INS_MAX) {
        return BG_ERR_TOO_LARGE;
      }
      (void)snprintf(names->name[names->count++], sizeof names->name[0], "%s", entry->d_name);
    }
  }
  return got < 0 ? BG_ERR_IO : BG_OK;
}

static int by_name(const void *a, const void *b) {
  return strcmp(a, b);
}

static enum bg_error read_drop_in(const struct source *source, int dir, const char *folder,
                                  const char *name) {
  char *path;
  if (asprintf(&path, "%s/%s", folder, name) < 0) {
    return BG_ERR_NOMEM;
  }
  source->files->path[source->files->path_count++] = path;
  read_file(source, dir, name, path);
  return BG_OK;
}

static enum bg_error read_drop_ins(const struct source *source, int dir, const char *folder) {
  struct names *names = calloc(1, sizeof *names);
  if (names == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = list_drop_ins(dir, names);
  if (err != BG_OK) {
    bg_conf_tell(source->reader->told, folder, 0, "%s",
                 err == BG_ERR_TOO_LARGE ? "more than 32 files" : bg_strerror(err));
    err = BG_OK;
  }
  qsort(names->name, names->count, sizeof names->name[0], by_name);
  for (size_t i = 0; i < names->count && err == BG_OK; i++) {
    err = read_drop_in(source, dir, folder, names->name[i]);
  }
  free(names);
  return err;
}

static enum bg_error read_folder(const struct source *source, const char *folder) {
  int dir;
  enum bg_error err = bg_dir_open(folder, source->owner, &dir);
  if (err == BG_OK) {
    err = read_drop_ins(source, dir, folder);
    (void)close(dir);
  } else {
    if (err != BG_ERR_NOT_FOUND) {
      bg_conf_tell(source->reader->told, folder, 0, "%s", bg_strerror(err));
    }
    err = BG_OK;
  }
  return err;
}

static enum bg_error read_host_files(const struct bg_conf_reader *reader,
                                     struct bg_conf_files *files) {
  struct source source = {reader, files, .owner = bg_paths()->owner, .vendor = true};
  read_file(&source, -1, NULL, reader->vendor);
  source.vendor = false;
  read_file(&source, -1, NULL, reader->admin);
  source.vendor = true;
  enum bg_error err = read_folder(&source, reader->vendor_dir);
  source.vendor = false;
  if (err == BG_OK) {
    err = read_folder(&source, reader->admin_dir);
  }
  return err;
}

enum bg_error bg_conf_read_files(const struct bg_conf_reader *reader,
                                 struct bg_conf_files **ret_files) {
  struct bg_conf_files *files = calloc(1, sizeof *files);
  if (files == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = BG_OK;
  if (reader->file != NULL) {
    const struct source source = {reader, files, geteuid(), false, .required = true};
    read_file(&source, -1, NULL, reader->file);
  } else {
    err = read_host_files(reader, files);
  }
  if (err == BG_OK) {
    *ret_files = files;
  } else {
    bg_conf_files_free(files);
  }
  return err;
}
