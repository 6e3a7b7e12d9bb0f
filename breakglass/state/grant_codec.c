/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a grant file: a map with the keys 1 to 21, all required. */
#include <config.h>

#include <limits.h>
#include <string.h>

#include "breakglass/cbor.h"
#include "breakglass/grant.h"

enum key {
  KEY_TOKEN_ID = 1,
  KEY_FIRST_TEXT = 2, /* issuer, subject, login, reason, service, source, tty */
  KEY_APPROVERS = 9,
  KEY_FIRST_INT = 10, /* in the order of enum integer */
  KEY_HOLDER = 21,    /* empty for none */
  KEY_COUNT = 21,
};

enum integer {
  INT_LEVEL,
  INT_FLAGS,
  INT_ISSUED_AT,
  INT_ACCEPTED,
  INT_DEADLINE,
  INT_DEADLINE_BOOTTIME,
  INT_OWNER_PID,
  INT_OWNER_START,
  INT_STATE,
  INT_AUDIT_SESSION,
  INT_OPENED,
  INT_COUNT,
};

enum flag {
  FLAG_BY_ISSUER = 1,
  FLAG_CLOCK_TRUSTED = 2,
  FLAG_AUDIT_AVAILABLE = 4,
  FLAG_REVOCATIONS_FRESH = 8,
  FLAGS_ALL = 15
};

#define TEXT_FIELD(name)                                                                           \
  { offsetof(struct bg_session, name), sizeof((struct bg_session *)0)->name }
static const struct {
  size_t offset;
  size_t cap;
} texts[] = {
    TEXT_FIELD(issuer),  TEXT_FIELD(subject), TEXT_FIELD(login), TEXT_FIELD(reason),
    TEXT_FIELD(service), TEXT_FIELD(source),  TEXT_FIELD(tty),
};
#define TEXT_COUNT (sizeof texts / sizeof texts[0])

static void put_integers(const struct bg_grant *grant, struct bg_buf *buf) {
  const struct bg_session *session = &grant->session;
  const int64_t values[INT_COUNT] = {
      [INT_LEVEL] = session->level,
      [INT_FLAGS] = (session->by_issuer ? FLAG_BY_ISSUER : 0) |
                    (session->clock_trusted ? FLAG_CLOCK_TRUSTED : 0) |
                    (session->audit_available ? FLAG_AUDIT_AVAILABLE : 0) |
                    (session->revocations_fresh ? FLAG_REVOCATIONS_FRESH : 0),
      [INT_ISSUED_AT] = session->issued_at,
      [INT_ACCEPTED] = session->accepted,
      [INT_DEADLINE] = session->deadline,
      [INT_DEADLINE_BOOTTIME] = session->deadline_boottime,
      [INT_OWNER_PID] = grant->owner.pid,
      [INT_OWNER_START] = (int64_t)grant->owner.start,
      [INT_STATE] = grant->state,
      [INT_AUDIT_SESSION] = grant->audit_session,
      [INT_OPENED] = grant->opened,
  };
  for (int i = 0; i < INT_COUNT; i++) {
    bg_cbor_put_int(buf, KEY_FIRST_INT + i);
    bg_cbor_put_int(buf, values[i]);
  }
}

enum bg_error bg_grant_encode(const struct bg_grant *grant, struct bg_buf *buf) {
  const struct bg_session *session = &grant->session;
  bg_cbor_put_map(buf, KEY_COUNT);
  bg_cbor_put_int(buf, KEY_TOKEN_ID);
  bg_cbor_put_bytes(buf, bg_bytes(session->token_id, BG_TOKEN_ID_SIZE));
  for (size_t i = 0; i < TEXT_COUNT; i++) {
    bg_cbor_put_int(buf, KEY_FIRST_TEXT + (int64_t)i);
    bg_cbor_put_text(buf, (const char *)session + texts[i].offset);
  }
  bg_cbor_put_int(buf, KEY_APPROVERS);
  bg_cbor_put_array(buf, session->approver_count);
  for (size_t i = 0; i < session->approver_count; i++) {
    bg_cbor_put_text(buf, session->approvers[i]);
  }
  put_integers(grant, buf);
  bg_cbor_put_int(buf, KEY_HOLDER);
  bg_cbor_put_bytes(buf, bg_bytes(session->holder, session->has_holder ? BG_SHA256_SIZE : 0));
  return buf->failed ? BG_ERR_TOO_LARGE : BG_OK;
}

static bool read_key(struct bg_cbor *reader, int64_t key) {
  int64_t found = 0;
  return bg_cbor_int(reader, &found) == BG_OK && found == key;
}

static bool read_text(struct bg_cbor *reader, size_t cap, char *ret_text) {
  struct bg_bytes text;
  return bg_cbor_text(reader, &text) == BG_OK && bg_bytes_to_text(text, cap, ret_text) == BG_OK;
}

static bool read_token_id(struct bg_cbor *reader, struct bg_session *session) {
  struct bg_bytes id;
  if (!read_key(reader, KEY_TOKEN_ID) || bg_cbor_bytes(reader, &id) != BG_OK ||
      id.len != BG_TOKEN_ID_SIZE) {
    return false;
  }
  memcpy(session->token_id, id.data, BG_TOKEN_ID_SIZE);
  return true;
}

static bool read_texts(struct bg_cbor *reader, struct bg_session *session) {
  for (size_t i = 0; i < TEXT_COUNT; i++) {
    if (!read_key(reader, KEY_FIRST_TEXT + (int64_t)i) ||
        !read_text(reader, texts[i].cap, (char *)session + texts[i].offset)) {
      return false;
    }
  }
  return true;
}

static bool read_approvers(struct bg_cbor *reader, struct bg_session *session) {
  size_t count = 0;
  if (!read_key(reader, KEY_APPROVERS) || bg_cbor_array(reader, &count) != BG_OK ||
      count > BG_SIGNATURES_MAX) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (!read_text(reader, BG_NAME_SIZE, session->approvers[i])) {
      return false;
    }
  }
  session->approver_count = count;
  return true;
}

static bool in_range(const int64_t *values) {
  static const struct {
    int64_t min, max;
  } ranges[INT_COUNT] = {
      [INT_LEVEL] = {BG_LEVEL_REFRESH, BG_LEVEL_REALLOCATE},
      [INT_FLAGS] = {0, FLAGS_ALL},
      [INT_ISSUED_AT] = {0, BG_TIME_MAX},
      [INT_ACCEPTED] = {0, BG_TIME_MAX},
      [INT_DEADLINE] = {0, BG_TIME_MAX},
      [INT_DEADLINE_BOOTTIME] = {0, BG_TIME_MAX},
      [INT_OWNER_PID] = {1, INT_MAX},
      [INT_OWNER_START] = {0, INT64_MAX},
      [INT_STATE] = {BG_GRANT_ACCEPTED, BG_GRANT_OPEN},
      [INT_AUDIT_SESSION] = {0, BG_NO_AUDIT_SESSION},
      [INT_OPENED] = {0, BG_TIME_MAX},
  };
  for (int i = 0; i < INT_COUNT; i++) {
    if (values[i] < ranges[i].min || values[i] > ranges[i].max) {
      return false;
    }
  }
  /* Open and bound to an audit session, or neither. */
  return (values[INT_STATE] == BG_GRANT_OPEN) == (values[INT_AUDIT_SESSION] != BG_NO_AUDIT_SESSION);
}

static bool read_integers(struct bg_cbor *reader, struct bg_grant *grant) {
  int64_t values[INT_COUNT];
  for (int i = 0; i < INT_COUNT; i++) {
    if (!read_key(reader, KEY_FIRST_INT + i) || bg_cbor_int(reader, &values[i]) != BG_OK) {
      return false;
    }
  }
  if (!in_range(values)) {
    return false;
  }
  struct bg_session *session = &grant->session;
  session->level = (enum bg_level)values[INT_LEVEL];
  session->by_issuer = (values[INT_FLAGS] & FLAG_BY_ISSUER) != 0;
  session->clock_trusted = (values[INT_FLAGS] & FLAG_CLOCK_TRUSTED) != 0;
  session->audit_available = (values[INT_FLAGS] & FLAG_AUDIT_AVAILABLE) != 0;
  session->revocations_fresh = (values[INT_FLAGS] & FLAG_REVOCATIONS_FRESH) != 0;
  session->issued_at = values[INT_ISSUED_AT];
  session->accepted = values[INT_ACCEPTED];
  session->deadline = values[INT_DEADLINE];
  session->deadline_boottime = values[INT_DEADLINE_BOOTTIME];
  grant->owner.pid = (pid_t)values[INT_OWNER_PID];
  grant->owner.start = (uint64_t)values[INT_OWNER_START];
  grant->state = (enum bg_grant_state)values[INT_STATE];
  grant->audit_session = (uint32_t)values[INT_AUDIT_SESSION];
  grant->opened = values[INT_OPENED];
  return true;
}

static bool read_holder(struct bg_cbor *reader, struct bg_session *session) {
  struct bg_bytes holder;
  if (!read_key(reader, KEY_HOLDER) || bg_cbor_bytes(reader, &holder) != BG_OK ||
      (holder.len != 0 && holder.len != BG_SHA256_SIZE)) {
    return false;
  }
  session->has_holder = holder.len > 0;
  if (session->has_holder) {
    memcpy(session->holder, holder.data, BG_SHA256_SIZE);
  }
  return true;
}

enum bg_error bg_grant_decode(struct bg_bytes bytes, struct bg_grant *ret_grant) {
  if (bytes.len > BG_GRANT_MAX || bg_cbor_check(bytes) != BG_OK) {
    return BG_ERR_SYNTAX;
  }
  struct bg_cbor reader = bg_cbor_reader(bytes);
  struct bg_grant grant = {0};
  size_t pairs = 0;
  if (bg_cbor_map(&reader, &pairs) != BG_OK || pairs != KEY_COUNT ||
      !read_token_id(&reader, &grant.session) || !read_texts(&reader, &grant.session) ||
      !read_approvers(&reader, &grant.session) || !read_integers(&reader, &grant) ||
      !read_holder(&reader, &grant.session)) {
    return BG_ERR_SYNTAX;
  }
  *ret_grant = grant;
  return BG_OK;
}
