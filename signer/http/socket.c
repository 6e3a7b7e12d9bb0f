/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "breakglass/text.h"

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  struct sockaddr_un local;
  struct sockaddr_storage storage;
};

/* Closes, and keeps the errno that says why. */
static enum bg_error give_up(int fd) {
  int why = errno;
  (void)close(fd);
  errno = why;
  return why == EACCES || why == EPERM ? BG_ERR_DENIED : BG_ERR_IO;
}

static enum bg_error parse_host(struct bg_bytes host, uint16_t port, union address *ret_address,
                                socklen_t *ret_len) {
  char text[INET6_ADDRSTRLEN];
  bool v6 = host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
  struct bg_bytes inner = v6 ? bg_bytes(host.data + 1, host.len - 2) : host;
  *ret_address = (union address){.any.sa_family = v6 ? AF_INET6 : AF_INET};
  if (bg_bytes_to_text(inner, sizeof text, text) != BG_OK ||
      inet_pton(ret_address->any.sa_family, text,
                v6 ? (void *)&ret_address->v6.sin6_addr : (void *)&ret_address->v4.sin_addr) != 1) {
    return BG_ERR_RANGE;
  }
  if (v6) {
    ret_address->v6.sin6_port = htons(port);
  } else {
    ret_address->v4.sin_port = htons(port);
  }
  *ret_len = v6 ? sizeof ret_address->v6 : sizeof ret_address->v4;
  return BG_OK;
}

static enum bg_error parse_address(const char *text, union address *ret_address,
                                   socklen_t *ret_len) {
  int64_t port = 0;
  const char *colon = strrchr(text, ':');
  if (colon == NULL || bg_parse_uint(bg_bytes_of(colon + 1), 0, UINT16_MAX, &port) != BG_OK) {
    return BG_ERR_RANGE;
  }
  return parse_host(bg_bytes(text, (size_t)(colon - text)), (uint16_t)port, ret_address, ret_len);
}

enum bg_error socket_open_tcp(const char *address, int *ret_fd) {
  const int on = 1;
  union address parsed;
  socklen_t len;
  enum bg_error err = parse_address(address, &parsed, &len);
  if (err != BG_OK) {
    return err;
  }
  int fd = socket(parsed.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return BG_ERR_IO;
  }
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(fd, &parsed.any, len) != 0 || listen(fd, SOMAXCONN) != 0) {
    return give_up(fd);
  }
  *ret_fd = fd;
  return BG_OK;
}

/* Nobody listens: its server has ended without removing it. */
static bool is_stale(const union address *address) {
  struct stat st;
  if (lstat(address->local.sun_path, &st) != 0 || !S_ISSOCK(st.st_mode)) {
    return false;
  }
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  bool stale =
      fd >= 0 && connect(fd, &address->any, sizeof address->local) != 0 && errno == ECONNREFUSED;
  if (fd >= 0) {
    (void)close(fd);
  }
  return stale;
}

static int bind_unix(int fd, const union address *address) {
  int result = bind(fd, &address->any, sizeof address->local);
  if (result != 0 && errno == EADDRINUSE) {
    if (is_stale(address) && unlink(address->local.sun_path) == 0) {
      return bind(fd, &address->any, sizeof address->local);
    }
    errno = EADDRINUSE;
  }
  return result;
}

enum bg_error socket_open_unix(const char *path, int *ret_fd) {
  union address address = {.local.sun_family = AF_UNIX};
  if (path[0] == '\0' || bg_bytes_to_text(bg_bytes_of(path), sizeof address.local.sun_path,
                                          address.local.sun_path) != BG_OK) {
    return BG_ERR_RANGE;
  }
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return BG_ERR_IO;
  }
  /* The file gets the descriptor's mode, less the umask: there is no moment in which it is open
   * to more than that. */
  if (fchmod(fd, 0660) != 0 || bind_unix(fd, &address) != 0 || listen(fd, SOMAXCONN) != 0) {
    return give_up(fd);
  }
  *ret_fd = fd;
  return BG_OK;
}

static bool make_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

enum bg_error socket_take_passed(unsigned max, int *ret_fds, unsigned *ret_count) {
  int count = sd_listen_fds(1);
  if (count < 0) {
    errno = -count;
    return BG_ERR_IO;
  }
  if ((unsigned)count > max) {
    return BG_ERR_TOO_LARGE;
  }
  for (int i = 0; i < count; i++) {
    int fd = SD_LISTEN_FDS_START + i;
    if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
      return BG_ERR_RANGE;
    }
    if (!make_nonblocking(fd)) {
      return BG_ERR_IO;
    }
    ret_fds[i] = fd;
  }
  *ret_count = (unsigned)count;
  return BG_OK;
}

static bool get_name(int fd, union address *ret_address) {
  socklen_t len = sizeof *ret_address;
  *ret_address = (union address){0};
  return getsockname(fd, &ret_address->any, &len) == 0;
}

bool socket_is_unix(int fd) {
  union address address;
  return get_name(fd, &address) && address.any.sa_family == AF_UNIX;
}

unsigned socket_port(int fd) {
  union address address;
  if (!get_name(fd, &address)) {
    return 0;
  }
  switch (address.any.sa_family) {
  case AF_INET:
    return ntohs(address.v4.sin_port);
  case AF_INET6:
    return ntohs(address.v6.sin6_port);
  default:
    return 0;
  }
}
