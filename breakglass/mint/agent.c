/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of ssh-agent (OpenSSH PROTOCOL.agent): list keys, sign. */
#include <config.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "signing_key.h"

#define AGENT_FAILURE 5
#define AGENT_REQUEST_IDENTITIES 11
#define AGENT_IDENTITIES_ANSWER 12
#define AGENT_SIGN_REQUEST 13
#define AGENT_SIGN_RESPONSE 14
#define AGENT_ANSWER_MAX 262144 /* what OpenSSH's client takes */
#define AGENT_REQUEST_MAX 4096  /* a certificate to be signed, too */
#define AGENT_KEYS_MAX 2048
#define SIGNATURE_SIZE 64
#define BLOB_MAX 256

/* One message of the agent without its length, on the heap. */
struct answer {
  uint8_t *data;
  size_t len;
};

/* One question and its answer: a connection of its own, so that an agent that was started anew is
 * found, and nothing late is taken for the answer to something else. */
struct talk {
  int socket;
  int64_t until; /* bg_clock_ms(); INT64_MAX: a person may be asked */
};

static enum bg_error open_talk(unsigned patience, struct talk *ret_talk) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *path = secure_getenv("SSH_AUTH_SOCK");
  if (path == NULL || *path == '\0' || strlen(path) >= sizeof address.sun_path) {
    return BG_ERR_AGENT;
  }
  memcpy(address.sun_path, path, strlen(path) + 1);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (patience > 0 ? SOCK_NONBLOCK : 0), 0);
  if (fd < 0) {
    return BG_ERR_AGENT;
  }
  if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
    (void)close(fd);
    return BG_ERR_AGENT;
  }
  *ret_talk = (struct talk){
      .socket = fd,
      .until = patience == 0 ? INT64_MAX : bg_clock_ms() + patience,
  };
  return BG_OK;
}

static enum bg_error wait_for(const struct talk *talk, short events) {
  struct pollfd ready = {.fd = talk->socket, .events = events};
  for (;;) {
    int64_t left = talk->until == INT64_MAX ? -1 : talk->until - bg_clock_ms();
    if (left < 0 && talk->until != INT64_MAX) {
      return BG_ERR_AGENT;
    }
    int found = poll(&ready, 1, (int)left);
    if (found > 0) {
      return BG_OK;
    }
    if (found < 0 && errno != EINTR) {
      return BG_ERR_AGENT;
    }
  }
}

static bool is_to_repeat(ssize_t n) {
  return n < 0 && (errno == EINTR || errno == EAGAIN);
}

static enum bg_error send_all(const struct talk *talk, struct bg_bytes bytes) {
  for (size_t sent = 0; sent < bytes.len;) {
    enum bg_error err = wait_for(talk, POLLOUT);
    if (err != BG_OK) {
      return err;
    }
    ssize_t n = send(talk->socket, bytes.data + sent, bytes.len - sent, MSG_NOSIGNAL);
    if (n < 0 && !is_to_repeat(n)) {
      return BG_ERR_AGENT;
    }
    sent += n > 0 ? (size_t)n : 0;
  }
  return BG_OK;
}

static enum bg_error receive_all(const struct talk *talk, uint8_t *bytes, size_t len) {
  for (size_t got = 0; got < len;) {
    enum bg_error err = wait_for(talk, POLLIN);
    if (err != BG_OK) {
      return err;
    }
    ssize_t n = recv(talk->socket, bytes + got, len - got, 0);
    if (n == 0 || (n < 0 && !is_to_repeat(n))) {
      return BG_ERR_AGENT;
    }
    got += n > 0 ? (size_t)n : 0;
  }
  return BG_OK;
}

static enum bg_error receive_answer(const struct talk *talk, struct answer *ret_answer) {
  uint8_t head[4];
  uint32_t len = 0;
  enum bg_error err = receive_all(talk, head, sizeof head);
  struct bg_ssh_wire wire = bg_ssh_wire(bg_bytes(head, sizeof head));
  if (err != BG_OK) {
    return err;
  }
  if (bg_ssh_wire_u32(&wire, &len) != BG_OK || len == 0 || len > AGENT_ANSWER_MAX) {
    return BG_ERR_AGENT;
  }
  uint8_t *answer = malloc(len);
  if (answer == NULL) {
    return BG_ERR_NOMEM;
  }
  err = receive_all(talk, answer, len);
  if (err != BG_OK) {
    free(answer);
    return err;
  }
  *ret_answer = (struct answer){.data = answer, .len = len};
  return BG_OK;
}

/* Sends a request; the answer's data are the caller's to free. */
static enum bg_error ask(unsigned patience, struct bg_bytes request, struct answer *ret_answer) {
  uint8_t storage[AGENT_REQUEST_MAX];
  struct bg_buf buf = BG_BUF(storage);
  struct talk talk;
  bg_ssh_put_string(&buf, request);
  enum bg_error err = buf.failed ? BG_ERR_TOO_LARGE : open_talk(patience, &talk);
  if (err != BG_OK) {
    return err;
  }
  err = send_all(&talk, bg_buf_view(&buf));
  if (err == BG_OK) {
    err = receive_answer(&talk, ret_answer);
  }
  (void)close(talk.socket);
  return err;
}

/* The answer's fields after its type, if it is of that type. */
static enum bg_error open_answer(const struct answer *answer, uint8_t type,
                                 struct bg_ssh_wire *fields) {
  if (answer->data[0] == AGENT_FAILURE) {
    return BG_ERR_AGENT_REFUSED;
  }
  if (answer->data[0] != type) {
    return BG_ERR_AGENT;
  }
  *fields = bg_ssh_wire(bg_bytes(answer->data + 1, answer->len - 1));
  return BG_OK;
}

static enum bg_error find_key(struct bg_ssh_wire *fields, const char *fingerprint,
                              struct bg_ssh_key *key) {
  uint32_t count = 0;
  if (bg_ssh_wire_u32(fields, &count) != BG_OK || count > AGENT_KEYS_MAX) {
    return BG_ERR_AGENT;
  }
  for (uint32_t i = 0; i < count; i++) {
    struct bg_bytes blob = {0};
    struct bg_bytes comment = {0};
    char found[BG_FINGERPRINT_SIZE];
    if (bg_ssh_wire_string(fields, &blob) != BG_OK ||
        bg_ssh_wire_string(fields, &comment) != BG_OK) {
      return BG_ERR_AGENT;
    }
    if (bg_ssh_key_from_blob(blob, key) != BG_OK) {
      continue; /* certificates and the like */
    }
    bg_ssh_key_fingerprint(key, found);
    if (strcmp(found, fingerprint) == 0) {
      return key->type == BG_SSH_OTHER ? BG_ERR_KEY : BG_OK;
    }
  }
  return BG_ERR_NOT_FOUND;
}

enum bg_error agent_find(const char *fingerprint, unsigned patience, struct bg_ssh_key *ret_key) {
  const uint8_t request = AGENT_REQUEST_IDENTITIES;
  struct answer answer = {0};
  struct bg_ssh_wire fields;
  enum bg_error err = ask(patience, bg_bytes(&request, sizeof request), &answer);
  if (err == BG_OK) {
    err = open_answer(&answer, AGENT_IDENTITIES_ANSWER, &fields);
  }
  if (err == BG_OK) {
    err = find_key(&fields, fingerprint, ret_key);
  }
  free(answer.data);
  return err;
}

/* string(type, string signature, and of a security key: flags, counter) */
static enum bg_error decode_signature(struct bg_ssh_wire *fields, enum bg_ssh_key_type type,
                                      uint8_t *signature, size_t *len) {
  const bool sk = type == BG_SSH_SK_ED25519;
  const size_t suffix = sk ? BG_SIGNATURE_MAX - SIGNATURE_SIZE : 0;
  struct bg_bytes whole = {0};
  struct bg_bytes name = {0};
  struct bg_bytes value = {0};
  if (bg_ssh_wire_string(fields, &whole) != BG_OK || !bg_ssh_wire_at_end(fields)) {
    return BG_ERR_AGENT;
  }
  struct bg_ssh_wire wire = bg_ssh_wire(whole);
  if (bg_ssh_wire_string(&wire, &name) != BG_OK ||
      !bg_bytes_is(name, sk ? "sk-ssh-ed25519@openssh.com" : "ssh-ed25519") ||
      bg_ssh_wire_string(&wire, &value) != BG_OK || value.len != SIGNATURE_SIZE ||
      (size_t)(wire.end - wire.at) != suffix) {
    return BG_ERR_AGENT;
  }
  memcpy(signature, value.data, SIGNATURE_SIZE);
  memcpy(signature + SIGNATURE_SIZE, wire.at, suffix);
  *len = SIGNATURE_SIZE + suffix;
  return BG_OK;
}

enum bg_error agent_sign(const struct bg_ssh_key *key, unsigned patience, struct bg_bytes message,
                         uint8_t ret_signature[static BG_SIGNATURE_MAX], size_t *ret_len) {
  uint8_t blob_storage[BLOB_MAX];
  uint8_t storage[AGENT_REQUEST_MAX];
  struct bg_buf blob = BG_BUF(blob_storage);
  struct bg_buf request = BG_BUF(storage);
  struct answer answer = {0};
  struct bg_ssh_wire fields;
  bg_ssh_key_put_blob(key, &blob);
  bg_buf_put_byte(&request, AGENT_SIGN_REQUEST);
  bg_ssh_put_string(&request, bg_buf_view(&blob));
  bg_ssh_put_string(&request, message);
  bg_ssh_put_u32(&request, 0);
  if (blob.failed || request.failed) {
    return BG_ERR_TOO_LARGE;
  }
  enum bg_error err = ask(patience, bg_buf_view(&request), &answer);
  if (err == BG_OK) {
    err = open_answer(&answer, AGENT_SIGN_RESPONSE, &fields);
  }
  if (err == BG_OK) {
    err = decode_signature(&fields, key->type, ret_signature, ret_len);
  }
  free(answer.data);
  return err;
}
