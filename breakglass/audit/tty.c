/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <errno.h>
#include <libaudit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "breakglass/audit.h"

#define ACK_TIMEOUT_MS 1000

struct tty_request {
  struct nlmsghdr header;
  struct audit_tty_status status;
};

struct ack {
  struct nlmsghdr header;
  struct nlmsgerr error;
};

static bool receive_ack(int fd) {
  struct pollfd ready = {.fd = fd, .events = POLLIN};
  struct ack ack;
  return poll(&ready, 1, ACK_TIMEOUT_MS) == 1 &&
         recv(fd, &ack, sizeof ack, 0) >= (ssize_t)sizeof ack &&
         ack.header.nlmsg_type == NLMSG_ERROR && ack.error.error == 0;
}

/* libaudit has no call for AUDIT_TTY_SET; pam_tty_audit(8) speaks netlink, too.
 * Passwords typed with echo off are not logged. */
enum bg_error bg_audit_tty_enable(int audit) {
  if (audit < 0) {
    return BG_ERR_IO;
  }
  struct tty_request request = {
      .header = {.nlmsg_len = sizeof request,
                 .nlmsg_type = AUDIT_TTY_SET,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
      .status = {.enabled = 1, .log_passwd = 0},
  };
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t sent =
      sendto(audit, &request, sizeof request, 0, (const struct sockaddr *)&kernel, sizeof kernel);
  bool done = sent == (ssize_t)sizeof request && receive_ack(audit);
  return done ? BG_OK : BG_ERR_IO;
}
