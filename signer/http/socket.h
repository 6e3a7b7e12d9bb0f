/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that listen: nonblocking, close-on-exec. */
#ifndef SIGNER_HTTP_SOCKET_H
#define SIGNER_HTTP_SOCKET_H

#include "http.h"

/* "192.0.2.1:8443", "[::1]:8443". BG_ERR_RANGE (no such address or port), BG_ERR_DENIED, BG_ERR_IO.
 */
BG_MUST_USE enum bg_error socket_open_tcp(const char *address, int *ret_fd);
/* A socket file that nobody listens behind is replaced. BG_ERR_IO with EADDRINUSE for one where
 * somebody does, and for a file that is no socket. */
BG_MUST_USE enum bg_error socket_open_unix(const char *path, int *ret_fd);
/* What systemd passed, at most max. BG_ERR_RANGE for a descriptor that does not listen. */
BG_MUST_USE enum bg_error socket_take_passed(unsigned max, int *ret_fds, unsigned *ret_count);

bool socket_is_unix(int fd);
unsigned socket_port(int fd); /* 0 of one that has none */

#endif
