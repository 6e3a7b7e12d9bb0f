/* SPDX-License-Identifier: BSD-2-Clause */
/* The journal, in its native protocol: one datagram of FIELD=value lines. */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "breakglass/buf.h"
#include "breakglass/paths.h"
#include "cli.h"
#include "event_view.h"
#include "sink.h"

#define DATAGRAM_MAX (2 * BG_EVENT_MAX)

/* No value has a newline: event_view_read() takes none. */
static struct bg_bytes compose(const struct event_view *view, struct bg_buf *buf) {
  bg_buf_printf(buf, "MESSAGE=%s: %s: %s\n", view->type, view->who != NULL ? view->who : "unknown",
                view->why != NULL ? view->why : "");
  bg_buf_printf(buf, "PRIORITY=%d\n", view->level != BG_LEVEL_NONE ? LOG_WARNING : LOG_NOTICE);
  bg_buf_put_text(buf, "SYSLOG_IDENTIFIER=breakglass\n");
  bg_buf_printf(buf, "BREAKGLASS_EVENT_ID=%s\nBREAKGLASS_EVENT_TYPE=%s\n", view->id, view->type);
  bg_buf_put_text(buf, "BREAKGLASS_EVENT=");
  bg_buf_put(buf, view->line.data, view->line.len); /* ends in a newline */
  return bg_buf_view(buf);
}

static bool send_datagram(struct bg_bytes datagram) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int len = snprintf(address.sun_path, sizeof address.sun_path, "%s", bg_paths()->journal_socket);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool sent = fd >= 0 && len > 0 && (size_t)len < sizeof address.sun_path &&
              sendto(fd, datagram.data, datagram.len, MSG_NOSIGNAL | MSG_DONTWAIT,
                     (const struct sockaddr *)&address, sizeof address) == (ssize_t)datagram.len;
  if (!sent) {
    (void)cli_failure("the journal takes no event: %s", strerror(errno));
  }
  if (fd >= 0) {
    (void)close(fd);
  }
  return sent;
}

bool sink_journal_deliver(const struct sink *sink, const struct bg_stored_event *event,
                          const struct event_view *view) {
  (void)sink, (void)event;
  uint8_t bytes[DATAGRAM_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_bytes datagram = compose(view, &buf);
  return datagram.len > 0 && send_datagram(datagram);
}
