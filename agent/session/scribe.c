/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "scribe.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct scribe {
  pthread_t thread;
  struct sheet *sheet; /* the thread's own until it is joined */
  int done;            /* an eventfd(2) */
};

static void *run(void *context) {
  const struct scribe *scribe = context;
  const uint64_t one = 1;
  sheet_do(scribe->sheet);
  (void)!write(scribe->done, &one, sizeof one);
  return NULL;
}

struct scribe *scribe_start(struct sheet *sheet, int epoll) {
  struct scribe *scribe = calloc(1, sizeof *scribe);
  struct epoll_event event = {.events = EPOLLIN};
  if (scribe == NULL) {
    return NULL;
  }
  scribe->sheet = sheet;
  scribe->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (scribe->done >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, scribe->done, &event) == 0 &&
      pthread_create(&scribe->thread, NULL, run, scribe) == 0) {
    return scribe;
  }
  if (scribe->done >= 0) {
    (void)close(scribe->done);
  }
  free(scribe);
  return NULL;
}

bool scribe_is_done(const struct scribe *scribe) {
  uint64_t count;
  return read(scribe->done, &count, sizeof count) > 0;
}

struct sheet *scribe_end(struct scribe *scribe) {
  struct sheet *sheet = scribe->sheet;
  (void)pthread_join(scribe->thread, NULL);
  (void)close(scribe->done); /* and out of the epoll */
  free(scribe);
  return sheet;
}
