/* SPDX-License-Identifier: BSD-2-Clause */
/* The journal, in its native protocol: one datagram of FIELD=value lines. */
#include <config.h>

#include "sink.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "breakglass/buf.h"
#include "breakglass/paths.h"

#define DATAGRAM_MAX (5 * BG_EVENT_MAX) /* whatever is in the event, some of it more than once */
#define WAIT_MS 5000                    /* for the journal to take one */

/* What the journal's catalog (policy/systemd/breakglass.catalog) explains each type by. */
static const char *const message_ids[] = {
    [BG_EVENT_TAINT_OPENED] = "f2435a6911854cdb8ff65c2e939a5b5b",
    [BG_EVENT_TAINT_CLOSED] = "cf5d822b2e6247469719a86060551e2a",
    [BG_EVENT_TAINT_MANUAL] = "dec63b419c4e4cb1ad129adbc4c339cd",
    [BG_EVENT_TAINT_LIFETIME] = "280792852d044bb39a1f8703b1ab2e0d",
    [BG_EVENT_HOST_FRESH] = "1e1f89b822564dc8afcee23418e5e46e",
};

/* An event of a type that is not ours has none. */
static void put_message_id(const struct event_view *view, struct bg_buf *buf) {
  for (size_t type = 0; type < sizeof message_ids / sizeof message_ids[0]; type++) {
    if (event_view_is(view, (enum bg_event_type)type)) {
      bg_buf_printf(buf, "MESSAGE_ID=%s\n", message_ids[type]);
    }
  }
}

static void put_taint(const struct event_view *view, struct bg_buf *buf) {
  char by[BG_TIME_TEXT_SIZE];
  if (view->level != BG_LEVEL_NONE) {
    bg_format_time(view->by, by);
    bg_buf_printf(buf, "BREAKGLASS_LEVEL=%s\nBREAKGLASS_REPLACE_BY=%s\n",
                  bg_level_name(view->level), by);
  }
}

/* No value has a newline: event_view_read() takes none. */
static struct bg_bytes compose(const struct event_view *view, struct bg_buf *buf) {
  bg_buf_printf(buf, "MESSAGE=%s: %s: %s\n", view->type, view->who != NULL ? view->who : "unknown",
                view->why != NULL ? view->why : "");
  bg_buf_printf(buf, "PRIORITY=%d\n", view->level != BG_LEVEL_NONE ? LOG_WARNING : LOG_NOTICE);
  bg_buf_put_text(buf, "SYSLOG_IDENTIFIER=breakglass\n");
  put_message_id(view, buf);
  bg_buf_printf(buf, "BREAKGLASS_EVENT_ID=%s\nBREAKGLASS_EVENT_TYPE=%s\n", view->id, view->type);
  bg_buf_printf(buf, "BREAKGLASS_WHO=%s\nBREAKGLASS_WHY=%s\n",
                view->who != NULL ? view->who : "unknown", view->why != NULL ? view->why : "");
  put_taint(view, buf);
  bg_buf_put_text(buf, "BREAKGLASS_EVENT=");
  bg_buf_put(buf, view->line.data, view->line.len); /* ends in a newline */
  return bg_buf_view(buf);
}

/* -1: errno says why not. */
static int connect_journal(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int len = snprintf(address.sun_path, sizeof address.sun_path, "%s", bg_paths()->journal_socket);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  errno = len < (int)sizeof address.sun_path ? errno : ENAMETOOLONG;
  if (fd >= 0 && len < (int)sizeof address.sun_path &&
      connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
    return fd;
  }
  int saved = errno;
  if (fd >= 0) {
    (void)close(fd);
  }
  errno = saved;
  return -1;
}

/* A journal that has much to do is waited for. */
static bool await_room(int fd, int cancel) {
  struct pollfd waits[] = {{.fd = fd, .events = POLLOUT}, {.fd = cancel, .events = POLLIN}};
  const int count = poll(waits, 2, WAIT_MS);
  errno = EAGAIN;
  return count > 0 && waits[1].revents == 0;
}

static bool send_datagram(int fd, struct bg_bytes datagram, int cancel) {
  ssize_t sent;
  do {
    sent = send(fd, datagram.data, datagram.len, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EAGAIN && await_room(fd, cancel));
  return sent == (ssize_t)datagram.len;
}

static void refuse(char *ret_reason) {
  (void)snprintf(ret_reason, SINK_REASON_SIZE, "the journal takes no event: %s",
                 strerrordesc_np(errno));
}

static size_t deliver(struct sink *sink, const struct event_view *views, size_t count, int cancel,
                      char ret_reason[static SINK_REASON_SIZE]) {
  (void)sink;
  uint8_t bytes[DATAGRAM_MAX];
  size_t taken = 0;
  int fd = connect_journal();
  for (bool sent = fd >= 0; sent && taken < count; taken += sent) {
    struct bg_buf buf = BG_BUF(bytes);
    sent = send_datagram(fd, compose(&views[taken], &buf), cancel);
  }
  if (taken < count) {
    refuse(ret_reason);
  }
  if (fd >= 0) {
    (void)close(fd);
  }
  return taken;
}

static bool check(struct sink *sink, char ret_reason[static SINK_REASON_SIZE]) {
  (void)sink;
  int fd = connect_journal();
  if (fd < 0) {
    refuse(ret_reason);
    return false;
  }
  (void)close(fd);
  return true;
}

void sink_journal_open(struct sink *ret_sink) {
  *ret_sink = (struct sink){
      .name = "journal", .window = SINK_WINDOW_MAX, .deliver = deliver, .check = check};
}
