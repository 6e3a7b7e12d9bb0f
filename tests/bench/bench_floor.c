/* SPDX-License-Identifier: BSD-2-Clause */
/* What an accepted login costs bare: base64url decoding and one Ed25519
 * verification a signature, one audit status query, one audit message, one O_EXCL
 * create on tmpfs, one durable file. One line of microseconds each.
 *
 *   bench_floor SIGNATURES COUNT TMPFS_FOLDER DISK_FOLDER */
#include <config.h>

#include <fcntl.h>
#include <libaudit.h>
#include <poll.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "timing.h"

#define TOKEN_BYTES 480
#define EVENT_BYTES 1400

static uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
static uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
static uint8_t message[TOKEN_BYTES];
static uint8_t signature[crypto_sign_BYTES];
static char text[1024];

static void verify(unsigned signatures) {
  uint8_t bytes[TOKEN_BYTES];
  check(sodium_base642bin(bytes, sizeof bytes, text, strlen(text), NULL, NULL, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0,
        "base64");
  for (unsigned i = 0; i < signatures; i++) {
    check(crypto_sign_verify_detached(signature, message, sizeof message, public_key) == 0,
          "verify");
  }
}

static void audit(void) {
  int fd = audit_open();
  struct audit_reply reply;
  struct pollfd ready = {.fd = fd, .events = POLLIN};
  check(fd >= 0 && audit_request_status(fd) > 0, "audit status");
  do {
    check(poll(&ready, 1, 1000) == 1 && audit_get_reply(fd, &reply, GET_REPLY_NONBLOCKING, 0) > 0,
          "audit reply");
  } while (reply.type != AUDIT_GET);
  audit_close(fd);
  fd = audit_open();
  check(audit_log_user_message(fd, AUDIT_TRUSTED_APP, "op=bench", NULL, "?", "?", 1) > 0,
        "audit message");
  audit_close(fd);
}

static void create_once(const char *folder, unsigned number) {
  char path[1024];
  (void)snprintf(path, sizeof path, "%s/floor.%u", folder, number);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  check(fd >= 0, path);
  (void)close(fd);
}

static void write_durably(int dir, unsigned number) {
  uint8_t event[EVENT_BYTES] = {0};
  char name[64];
  (void)snprintf(name, sizeof name, "floor.%u", number);
  int fd = openat(dir, "floor.tmp", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  check(fd >= 0 && write(fd, event, sizeof event) == (ssize_t)sizeof event && fsync(fd) == 0,
        "event");
  (void)close(fd);
  check(renameat(dir, "floor.tmp", dir, name) == 0 && fsync(dir) == 0, "rename");
}

static void prepare(void) {
  check(sodium_init() >= 0, "libsodium");
  (void)crypto_sign_keypair(public_key, secret_key);
  randombytes_buf(message, sizeof message);
  (void)crypto_sign_detached(signature, NULL, message, sizeof message, secret_key);
  (void)sodium_bin2base64(text, sizeof text, message, sizeof message,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

int main(int argc, char **argv) {
  if (argc != 5) {
    (void)fputs("usage: bench_floor SIGNATURES COUNT TMPFS_FOLDER DISK_FOLDER\n", stderr);
    return 2;
  }
  unsigned signatures = (unsigned)strtoul(argv[1], NULL, 10);
  unsigned count = (unsigned)strtoul(argv[2], NULL, 10);
  unsigned base = (unsigned)getpid() * 1000;
  int dir = open(argv[4], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  check(dir >= 0, argv[4]);
  prepare();
  for (unsigned i = 0; i < count; i++) {
    double begin = now_us();
    verify(signatures);
    audit();
    create_once(argv[3], base + i);
    write_durably(dir, base + i);
    printf("%.1f\n", now_us() - begin);
  }
  (void)close(dir);
  return 0;
}
