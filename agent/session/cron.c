/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "cron.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "breakglass/text.h"

/* The spool's own folder, which others than root may write to (crontab's group, daemon). */
static int open_spool(const char *path) {
  return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool is_meant(const struct cron_search *search, const struct stat *st) {
  const int64_t changed = st->st_ctim.tv_sec;
  bool is_within = false;
  for (size_t i = 0; i < CRON_SPANS; i++) {
    const struct cron_span *span = &search->spans[i];
    is_within = is_within || (span->first <= changed && changed <= span->last);
  }
  return is_within && !S_ISDIR(st->st_mode);
}

static void tell(const struct cron_search *search, const char *kind, const char *name,
                 bool removed) {
  char what[128];
  bool shown = bg_text_is_word(bg_bytes_of(name)) && strlen(name) < 64;
  (void)snprintf(what, sizeof what, "%s %s", kind, shown ? name : "of a name that is not shown");
  search->tell(search->context, what, removed);
}

static void remove_crontab(const struct cron_search *search, int spool, const char *login) {
  struct stat st;
  if (login[0] == '\0' || login[0] == '.' || strchr(login, '/') != NULL ||
      fstatat(spool, login, &st, AT_SYMLINK_NOFOLLOW) != 0 || !is_meant(search, &st)) {
    return;
  }
  tell(search, "the crontab of", login, unlinkat(spool, login, 0) == 0 || errno == ENOENT);
}

static void clean_crontabs(const struct cron_search *search) {
  int spool = open_spool(bg_paths()->crontabs);
  if (spool < 0) {
    return;
  }
  remove_crontab(search, spool, search->login);
  if (strcmp(search->login, "root") != 0) {
    remove_crontab(search, spool, "root");
  }
  (void)close(spool);
}

/* Root's fall with any session: one that became root made them as root, and nothing in the spool
 * says in which. */
static bool is_job_of(const struct cron_search *search, const struct stat *st) {
  bool owned = st->st_uid == 0 || (search->has_uid && st->st_uid == search->uid);
  return owned && is_meant(search, st);
}

/* True if there may be more. */
static bool clean_folder(const struct cron_search *search, DIR *dir) {
  unsigned removed = 0;
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    struct stat st;
    /* One that begins with a dot is the spool's own. */
    if (entry->d_name[0] == '.' ||
        fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
        !is_job_of(search, &st)) {
      continue;
    }
    if (removed == CRON_JOBS_MAX) {
      return true;
    }
    bool gone = unlinkat(dirfd(dir), entry->d_name, 0) == 0 || errno == ENOENT;
    tell(search, "the at job", entry->d_name, gone);
    removed += gone;
  }
  return false;
}

bool cron_clean(const struct cron_search *search) {
  clean_crontabs(search);
  int spool = open_spool(bg_paths()->at_jobs);
  DIR *dir = spool >= 0 ? fdopendir(spool) : NULL;
  if (dir == NULL) {
    if (spool >= 0) {
      (void)close(spool);
    }
    return false;
  }
  bool more = clean_folder(search, dir);
  (void)closedir(dir);
  return more;
}
