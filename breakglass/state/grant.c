/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/grant.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"

#define CLOSED ".closed"
#define ENDED ".ended"

/* Hex digits only, so that an id from the environment names no other file. */
static bool grant_path(const char *token_id_hex, const char *suffix, char *ret_path) {
  if (strlen(token_id_hex) != BG_TOKEN_ID_HEX - 1 ||
      strspn(token_id_hex, "0123456789abcdef") != BG_TOKEN_ID_HEX - 1) {
    return false;
  }
  int len = snprintf(ret_path, BG_PATH_SIZE, "%s/%s%s", bg_paths()->grants, token_id_hex, suffix);
  return len > 0 && len < BG_PATH_SIZE;
}

static enum bg_error encode_at(const struct bg_grant *grant, struct bg_buf *buf, char *ret_path) {
  char id[BG_TOKEN_ID_HEX];
  bg_hex(bg_bytes(grant->session.token_id, BG_TOKEN_ID_SIZE), id);
  if (!grant_path(id, "", ret_path)) {
    return BG_ERR_IO;
  }
  return bg_grant_encode(grant, buf);
}

enum bg_error bg_grant_create(const struct bg_grant *grant) {
  uint8_t bytes[BG_GRANT_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  char path[BG_PATH_SIZE];
  enum bg_error err = encode_at(grant, &buf, path);
  if (err != BG_OK) {
    return err;
  }
  return bg_file_create(path, bg_buf_view(&buf));
}

static enum bg_error load(const char *token_id_hex, const char *suffix,
                          struct bg_grant *ret_grant) {
  char path[BG_PATH_SIZE];
  if (!grant_path(token_id_hex, suffix, path)) {
    return BG_ERR_SYNTAX;
  }
  struct bg_file file = {0};
  struct bg_grant grant;
  char id[BG_TOKEN_ID_HEX];
  enum bg_error err = bg_file_read(path, bg_paths()->owner, BG_GRANT_MAX, &file);
  if (err == BG_OK) {
    err = bg_grant_decode(bg_bytes(file.data, file.len), &grant);
  }
  bg_file_free(&file);
  if (err != BG_OK) {
    return err;
  }
  /* A grant under another id's name is no grant. */
  bg_hex(bg_bytes(grant.session.token_id, BG_TOKEN_ID_SIZE), id);
  if (strcmp(id, token_id_hex) != 0) {
    return BG_ERR_SYNTAX;
  }
  *ret_grant = grant;
  return BG_OK;
}

enum bg_error bg_grant_load(const char *token_id_hex, struct bg_grant *ret_grant) {
  return load(token_id_hex, "", ret_grant);
}

static bool session_path(uint32_t audit_session, char *ret_path) {
  int len = snprintf(ret_path, BG_PATH_SIZE, "%s/%u", bg_paths()->sessions, audit_session);
  return len > 0 && len < BG_PATH_SIZE;
}

/* A link that is read and never followed: made by one of many, in one call. */
static enum bg_error bind_session(const char *path, const char *token_id_hex) {
  if (symlink(token_id_hex, path) == 0) {
    return BG_OK;
  }
  return errno == EEXIST ? BG_ERR_EXISTS : BG_ERR_IO;
}

enum bg_error bg_grant_open(struct bg_grant *grant, uint32_t audit_session, const char *tty,
                            int64_t now) {
  if (audit_session == BG_NO_AUDIT_SESSION || grant->state != BG_GRANT_ACCEPTED) {
    return BG_ERR_RANGE;
  }
  struct bg_grant open_grant = *grant;
  open_grant.state = BG_GRANT_OPEN;
  open_grant.audit_session = audit_session;
  open_grant.opened = now;
  if (tty != NULL &&
      bg_bytes_to_text(bg_bytes_of(tty), BG_TTY_SIZE, open_grant.session.tty) != BG_OK) {
    return BG_ERR_RANGE;
  }
  uint8_t bytes[BG_GRANT_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  char path[BG_PATH_SIZE];
  char bound[BG_PATH_SIZE];
  char id[BG_TOKEN_ID_HEX];
  bg_hex(bg_bytes(grant->session.token_id, BG_TOKEN_ID_SIZE), id);
  enum bg_error err = encode_at(&open_grant, &buf, path);
  if (err == BG_OK) {
    err = session_path(audit_session, bound) ? bind_session(bound, id) : BG_ERR_IO;
  }
  if (err == BG_OK) {
    err = bg_file_update(path, bg_buf_view(&buf)); /* not if it was closed meanwhile */
  }
  if (err == BG_OK) {
    *grant = open_grant;
  }
  return err;
}

static enum bg_error read_binding(uint32_t audit_session, char ret_id[static BG_TOKEN_ID_HEX]) {
  char path[BG_PATH_SIZE];
  if (audit_session == BG_NO_AUDIT_SESSION || !session_path(audit_session, path)) {
    return BG_ERR_NOT_FOUND;
  }
  ssize_t len = readlink(path, ret_id, BG_TOKEN_ID_HEX);
  if (len != BG_TOKEN_ID_HEX - 1) {
    return len < 0 && errno != ENOENT && errno != EINVAL ? BG_ERR_IO : BG_ERR_NOT_FOUND;
  }
  ret_id[len] = '\0';
  return BG_OK;
}

bool bg_grant_is_bound(const struct bg_grant *grant) {
  char id[BG_TOKEN_ID_HEX];
  char bound[BG_TOKEN_ID_HEX];
  bg_hex(bg_bytes(grant->session.token_id, BG_TOKEN_ID_SIZE), id);
  return grant->state == BG_GRANT_OPEN && read_binding(grant->audit_session, bound) == BG_OK &&
         strcmp(id, bound) == 0;
}

enum bg_error bg_grant_of_session(uint32_t audit_session, struct bg_grant *ret_grant) {
  char id[BG_TOKEN_ID_HEX];
  struct bg_grant grant;
  enum bg_error err = read_binding(audit_session, id);
  if (err == BG_OK) {
    err = bg_grant_load(id, &grant);
  }
  if (err == BG_OK && (grant.state != BG_GRANT_OPEN || grant.audit_session != audit_session)) {
    err = BG_ERR_NOT_FOUND;
  }
  if (err == BG_OK) {
    *ret_grant = grant;
  }
  return err;
}

static enum bg_error move(const char *token_id_hex, const char *suffix, const char *to_suffix) {
  char from[BG_PATH_SIZE];
  char to[BG_PATH_SIZE];
  if (!grant_path(token_id_hex, suffix, from) || !grant_path(token_id_hex, to_suffix, to)) {
    return BG_ERR_SYNTAX;
  }
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0) {
    return errno == ENOENT || errno == EEXIST ? BG_ERR_NOT_FOUND : BG_ERR_IO;
  }
  return BG_OK;
}

enum bg_error bg_grant_close(const char *token_id_hex) {
  return move(token_id_hex, "", CLOSED);
}

enum bg_error bg_grant_end(const char *token_id_hex) {
  return move(token_id_hex, CLOSED, ENDED);
}

/* Those whose names end in suffix. */
struct visit {
  const char *suffix;
  bool (*on_grant)(void *context, const struct bg_grant *);
  void *context;
};

/* False if on_grant wants no more. */
static bool visit(const struct visit *visit, const char *name) {
  char id[BG_TOKEN_ID_HEX];
  struct bg_grant grant;
  if (strlen(name) < BG_TOKEN_ID_HEX - 1 ||
      strcmp(name + BG_TOKEN_ID_HEX - 1, visit->suffix) != 0) {
    return true;
  }
  bg_text_fit(sizeof id, id, name);
  enum bg_error err = load(id, visit->suffix, &grant);
  if (err == BG_ERR_NOT_FOUND) { /* renamed meanwhile */
    return true;
  }
  return visit->on_grant(visit->context, err == BG_OK ? &grant : NULL);
}

static enum bg_error each(const struct visit *wanted) {
  DIR *dir = opendir(bg_paths()->grants);
  if (dir == NULL) {
    return errno == ENOENT ? BG_OK : BG_ERR_IO; /* none was ever made this boot */
  }
  bool more = true;
  for (struct dirent *entry; more && (entry = readdir(dir)) != NULL;) {
    more = visit(wanted, entry->d_name);
  }
  (void)closedir(dir);
  return BG_OK;
}

enum bg_error bg_grants_each(bool (*on_grant)(void *context, const struct bg_grant *),
                             void *context) {
  return each(&(struct visit){"", on_grant, context});
}

enum bg_error bg_grants_closed_each(bool (*on_grant)(void *context, const struct bg_grant *),
                                    void *context) {
  return each(&(struct visit){CLOSED, on_grant, context});
}
