/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "textfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/agent_conf.h"
#include "breakglass/event_store.h"
#include "breakglass/file.h"
#include "breakglass/grant.h"
#include "breakglass/taint.h"
#include "log.h"
#include "metrics.h"
#include "moment.h"

#define NAME "breakglass.prom"
#ifndef TEXTFILE_EACH /* a test has less patience */
#define TEXTFILE_EACH                                                                              \
  INT64_C(60000) /* ms: of what changes by others' hands nobody tells the agent */
#endif

struct told {
  char folder[BG_AGENT_PATH_SIZE];
  struct agent_state state;
};

struct textfile {
  pthread_t thread;
  pthread_mutex_t lock; /* over what is told: */
  pthread_cond_t news;
  bool is_news, ended;
  struct told told;
  struct told current; /* the thread's own, as are: */
  int64_t due;         /* bg_clock_ms(): when it is written, whatever happens; INT64_MAX: never */
  enum bg_error problem;
};

static bool count_grant(void *context, const struct bg_grant *grant) {
  int64_t *count = context;
  *count += grant != NULL;
  return true;
}

static struct metrics gather(const struct agent_state *state) {
  struct metrics metrics = {.agent = state};
  struct bg_taint taint = {0};
  uint8_t hash[BG_EVENT_HASH_SIZE];
  if (bg_event_store_head(&metrics.last, hash) != BG_OK) {
    metrics.last = 0;
  }
  enum bg_error err = bg_taint_read(&taint);
  metrics.taint_known = err == BG_OK || err == BG_ERR_NOT_FOUND;
  metrics.level = taint.level;
  metrics.replace_by = taint.by;
  if (bg_grants_each(count_grant, &metrics.sessions) != BG_OK) {
    metrics.sessions = -1;
  }
  metrics.list_known = revocations_look(&metrics.list) == BG_OK;
  return metrics;
}

/* The folder may be of others, too. They can do to this file what they like, and make it hit no
 * other: its name is fixed, what is new is created exclusively, and no link is followed in it. */
static enum bg_error write_file(const char *path, const struct agent_state *state) {
  struct bg_buf buf = {.data = malloc(METRICS_MAX), .cap = METRICS_MAX};
  if (buf.data == NULL) {
    return BG_ERR_NOMEM;
  }
  const struct metrics metrics = gather(state);
  metrics_put(&metrics, &buf);
  enum bg_error err =
      buf.failed ? BG_ERR_TOO_LARGE : bg_file_replace(path, 0644, bg_buf_view(&buf));
  free(buf.data);
  return err;
}

static void name_file(const char *folder, char ret_path[static BG_AGENT_PATH_SIZE + 16]) {
  (void)snprintf(ret_path, BG_AGENT_PATH_SIZE + 16, "%s/" NAME, folder);
}

/* Once, and not at each attempt. */
static void say(struct textfile *textfile, const char *path, enum bg_error err) {
  if (err != textfile->problem && err != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "%s: %s; see agent.conf(5)", path, bg_strerror(err));
  } else if (err != textfile->problem) {
    agent_log(LOG_LEVEL_NOTICE, "%s: it is written again", path);
  }
  textfile->problem = err;
}

static void remove_file(const char *folder) {
  char path[BG_AGENT_PATH_SIZE + 16];
  if (folder[0] != '\0') {
    name_file(folder, path);
    (void)unlink(path);
  }
}

/* False once it has ended. `old` gets the folder that there is a file in until now. */
static bool await(struct textfile *textfile, char old[static BG_AGENT_PATH_SIZE]) {
  (void)pthread_mutex_lock(&textfile->lock);
  while (!textfile->ended && !textfile->is_news && bg_clock_ms() < textfile->due) {
    moment_wait(&textfile->news, &textfile->lock, textfile->due);
  }
  bg_text_fit(BG_AGENT_PATH_SIZE, old, textfile->current.folder);
  if (textfile->is_news && !textfile->ended) {
    textfile->current = textfile->told;
  }
  textfile->due = textfile->current.folder[0] != '\0' ? bg_clock_ms() + TEXTFILE_EACH : INT64_MAX;
  textfile->is_news = false;
  const bool goes_on = !textfile->ended;
  (void)pthread_mutex_unlock(&textfile->lock);
  return goes_on;
}

static void *run(void *context) {
  struct textfile *textfile = context;
  const struct told *current = &textfile->current;
  char old[BG_AGENT_PATH_SIZE];
  while (await(textfile, old)) {
    char path[BG_AGENT_PATH_SIZE + 16];
    if (strcmp(old, current->folder) != 0) {
      remove_file(old);
    }
    if (current->folder[0] != '\0') {
      name_file(current->folder, path);
      say(textfile, path, write_file(path, &current->state));
    }
  }
  remove_file(current->folder);
  return NULL;
}

enum bg_error textfile_start(struct textfile **ret_textfile) {
  struct textfile *textfile = calloc(1, sizeof *textfile);
  if (textfile == NULL) {
    return BG_ERR_NOMEM;
  }
  (void)pthread_mutex_init(&textfile->lock, NULL);
  moment_cond_init(&textfile->news);
  textfile->due = INT64_MAX;
  if (pthread_create(&textfile->thread, NULL, run, textfile) != 0) {
    free(textfile);
    return BG_ERR_NOMEM;
  }
  *ret_textfile = textfile;
  return BG_OK;
}

void textfile_tell(struct textfile *textfile, const char *folder, const struct agent_state *state) {
  (void)pthread_mutex_lock(&textfile->lock);
  if (folder[0] != '\0' || textfile->told.folder[0] != '\0') {
    bg_text_fit(sizeof textfile->told.folder, textfile->told.folder, folder);
    textfile->told.state = *state;
    textfile->is_news = true;
    (void)pthread_cond_signal(&textfile->news);
  }
  (void)pthread_mutex_unlock(&textfile->lock);
}

bool textfile_stop(struct textfile *textfile, int64_t until) {
  (void)pthread_mutex_lock(&textfile->lock);
  textfile->ended = true;
  (void)pthread_cond_signal(&textfile->news);
  (void)pthread_mutex_unlock(&textfile->lock);
  if (!horizon_join(textfile->thread, until)) {
    return false;
  }
  (void)pthread_cond_destroy(&textfile->news);
  (void)pthread_mutex_destroy(&textfile->lock);
  free(textfile);
  return true;
}
