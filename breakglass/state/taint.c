/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/taint.h"

#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/json.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "head.h"

#define SHOWN_MAX 8192 /* more than all of it needs with every byte escaped */

void bg_taint_add_session(struct bg_taint *taint, const struct bg_taint_session *session) {
  if (taint->session_count == BG_TAINT_SESSIONS_MAX) {
    memmove(&taint->sessions[0], &taint->sessions[1],
            (BG_TAINT_SESSIONS_MAX - 1) * sizeof taint->sessions[0]);
    taint->session_count--;
  }
  taint->sessions[taint->session_count++] = *session;
}

void bg_taint_remove_session(struct bg_taint *taint,
                             const uint8_t token_id[static BG_TOKEN_ID_SIZE]) {
  size_t kept = 0;
  for (size_t i = 0; i < taint->session_count; i++) {
    if (memcmp(taint->sessions[i].token_id, token_id, BG_TOKEN_ID_SIZE) != 0) {
      taint->sessions[kept++] = taint->sessions[i];
    }
  }
  taint->session_count = kept;
}

/* Of two moments, of which each may not be there: 0. */
static int64_t earlier(int64_t one, int64_t other) {
  return one == 0 || (other != 0 && other < one) ? other : one;
}

static int64_t later(int64_t one, int64_t other) {
  return other > one ? other : one;
}

void bg_taint_add(struct bg_taint *taint, const struct bg_taint *other) {
  taint->level = other->level > taint->level ? other->level : taint->level;
  taint->since = earlier(taint->since, other->since);
  taint->first = earlier(taint->first, other->first);
  taint->latest = later(taint->latest, other->latest);
  taint->aged_by = earlier(taint->aged_by, other->aged_by);
  taint->by = earlier(taint->latest, taint->aged_by);
}

void bg_taint_raise(struct bg_taint *taint, enum bg_level level, int64_t since, int64_t by) {
  const struct bg_taint other = {.level = level, .since = since, .first = since, .latest = by};
  bg_taint_add(taint, &other);
}

void bg_taint_age(struct bg_taint *taint, enum bg_level level, int64_t since, int64_t by) {
  const struct bg_taint other = {.level = level, .since = since, .aged_by = by};
  bg_taint_add(taint, &other);
}

static void put_session(struct bg_json *json, const struct bg_taint_session *session) {
  bg_json_object(json, NULL);
  bg_json_hex(json, "token_id", bg_bytes(session->token_id, BG_TOKEN_ID_SIZE));
  bg_json_text(json, "subject", session->subject);
  bg_json_text(json, "login", session->login);
  bg_json_text(json, "reason", session->reason);
  bg_json_text(json, "service", session->service);
  bg_json_text(json, "source", session->source[0] != '\0' ? session->source : NULL);
  bg_json_time(json, "deadline", session->deadline);
  bg_json_end_object(json);
}

enum bg_error bg_taint_show(const struct bg_taint *taint, int64_t number) {
  char text[SHOWN_MAX];
  struct bg_buf buf = BG_BUF(text);
  struct bg_json json = bg_json_writer(&buf);
  bg_json_object(&json, NULL);
  bg_json_text(&json, "level", bg_level_name(taint->level));
  bg_json_time(&json, "since", taint->since);
  bg_json_time(&json, "by", taint->by);
  bg_json_int(&json, "number", number);
  bg_json_text(&json, "who", taint->who[0] != '\0' ? taint->who : NULL);
  bg_json_text(&json, "why", taint->why);
  bg_json_array(&json, "sessions");
  for (size_t i = 0; i < taint->session_count; i++) {
    put_session(&json, &taint->sessions[i]);
  }
  bg_json_end_array(&json);
  bg_json_end_object(&json);
  bg_buf_put_byte(&buf, '\n');
  return buf.failed ? BG_ERR_TOO_LARGE
                    : bg_file_replace(bg_paths()->tainted, 0644, bg_buf_view(&buf));
}

enum bg_error bg_taint_read(struct bg_taint *ret_taint) {
  struct bg_head head;
  enum bg_error err = bg_head_read(&head);
  if (err == BG_OK) {
    *ret_taint = head.taint;
  }
  return err;
}

static enum bg_error restore(const struct bg_taint *found) {
  struct bg_head head;
  enum bg_error err = bg_head_load(&head);
  if (err != BG_OK) {
    return err;
  }
  if (head.taint.level == BG_LEVEL_NONE) {
    head.taint = *found;
  } else {
    bg_taint_add(&head.taint, found);
  }
  err = bg_head_save(&head);
  if (err == BG_OK && head.taint.level != BG_LEVEL_NONE) {
    err = bg_taint_show(&head.taint, head.number);
  }
  return err;
}

enum bg_error bg_taint_restore(const struct bg_taint *found) {
  int lock = -1;
  enum bg_error err = bg_lock_take(bg_paths()->lock, &lock);
  if (err != BG_OK) {
    return err;
  }
  err = restore(found);
  (void)close(lock);
  return err;
}
