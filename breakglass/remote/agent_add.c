/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "agent_add.h"

#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define TYPE "ssh-ed25519-cert-v01@openssh.com"
#define COMMENT "breakglass"
#define SUCCESS 6
#define ADD_ID_CONSTRAINED 25
#define CONSTRAIN_LIFETIME 1
#define CERTIFICATE_MAX 4096
#define PATIENCE 5 /* seconds */

static int connect_to(const char *path) {
  const struct timeval patience = {.tv_sec = PATIENCE};
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  bg_text_fit(sizeof address.sun_path, address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return -1;
  }
  (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
    (void)close(fd);
    return -1;
  }
  return fd;
}

bool agent_answers(const char *path) {
  int fd = connect_to(path);
  if (fd >= 0) {
    (void)close(fd);
  }
  return fd >= 0;
}

/* Type, nonce, and the point, which is the holder's. */
static bool is_certificate_of(struct bg_bytes blob, const struct holder *holder) {
  struct bg_ssh_wire wire = bg_ssh_wire(blob);
  struct bg_bytes type;
  struct bg_bytes nonce;
  struct bg_bytes point;
  return bg_ssh_wire_string(&wire, &type) == BG_OK && bg_bytes_is(type, TYPE) &&
         bg_ssh_wire_string(&wire, &nonce) == BG_OK && bg_ssh_wire_string(&wire, &point) == BG_OK &&
         bg_bytes_equal(point, bg_bytes(holder->public.point, sizeof holder->public.point));
}

static enum bg_error decode(const char *line, const struct holder *holder, uint8_t *storage,
                            struct bg_bytes *ret_blob) {
  struct bg_buf blob = {.data = storage, .cap = CERTIFICATE_MAX};
  enum bg_error err = bg_ssh_key_line_blob(bg_bytes_of(line), &blob);
  if (err != BG_OK) {
    return err;
  }
  *ret_blob = bg_buf_view(&blob);
  return is_certificate_of(*ret_blob, holder) ? BG_OK : BG_ERR_SYNTAX;
}

enum bg_error agent_add_message(const struct holder *holder, const char *certificate,
                                uint32_t lifetime, struct bg_buf *buf) {
  uint8_t storage[CERTIFICATE_MAX];
  struct bg_bytes blob;
  enum bg_error err = decode(certificate, holder, storage, &blob);
  if (err != BG_OK) {
    return err;
  }
  bg_buf_put_byte(buf, ADD_ID_CONSTRAINED);
  bg_ssh_put_string(buf, bg_bytes_of(TYPE));
  bg_ssh_put_string(buf, blob);
  bg_ssh_put_string(buf, bg_bytes(holder->public.point, sizeof holder->public.point));
  bg_ssh_put_string(buf, bg_bytes(holder->secret, crypto_sign_SECRETKEYBYTES));
  bg_ssh_put_string(buf, bg_bytes_of(COMMENT));
  bg_buf_put_byte(buf, CONSTRAIN_LIFETIME);
  bg_ssh_put_u32(buf, lifetime);
  return buf->failed ? BG_ERR_TOO_LARGE : BG_OK;
}

/* A message is short, and so is a socket's patience: one that is not taken whole has failed. */
static enum bg_error exchange(int agent, struct bg_bytes message) {
  uint8_t head[4];
  uint8_t answer[5] = {0};
  struct bg_buf length = BG_BUF(head);
  bg_ssh_put_u32(&length, (uint32_t)message.len);
  if (send(agent, head, sizeof head, MSG_NOSIGNAL | MSG_MORE) != (ssize_t)sizeof head ||
      send(agent, message.data, message.len, MSG_NOSIGNAL) != (ssize_t)message.len ||
      recv(agent, answer, sizeof answer, MSG_WAITALL) != (ssize_t)sizeof answer) {
    return BG_ERR_AGENT;
  }
  return answer[4] == SUCCESS ? BG_OK : BG_ERR_AGENT_REFUSED;
}

enum bg_error agent_add(const char *path, const struct holder *holder, const char *certificate,
                        uint32_t lifetime) {
  uint8_t *storage = sodium_malloc(AGENT_ADD_MAX);
  if (storage == NULL) {
    return BG_ERR_NOMEM;
  }
  struct bg_buf message = {.data = storage, .cap = AGENT_ADD_MAX};
  enum bg_error err = agent_add_message(holder, certificate, lifetime, &message);
  if (err == BG_OK) {
    int agent = connect_to(path);
    err = agent < 0 ? BG_ERR_AGENT : exchange(agent, bg_buf_view(&message));
    if (agent >= 0) {
      (void)close(agent);
    }
  }
  sodium_free(storage); /* wipes */
  return err;
}
