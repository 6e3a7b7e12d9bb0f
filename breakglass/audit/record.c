/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <libaudit.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/audit.h"
#include "breakglass/grant.h"

#define RECORD_MAX 4096 /* the kernel takes 8560 characters */

/* auparse(3) decodes anything unquoted that looks like hex, so every string goes
 * through libaudit's encoder, which quotes it or hex-encodes it. */
static void put_text(struct bg_buf *buf, const char *name, const char *value) {
  if (value == NULL || value[0] == '\0') {
    return;
  }
  char *pair = audit_encode_nv_string(name, value, (unsigned)strlen(value));
  if (pair == NULL) {
    buf->failed = true;
    return;
  }
  bg_buf_printf(buf, " %s", pair);
  free(pair);
}

static void put_session(struct bg_buf *buf, const struct bg_session *session, bool accepted) {
  char id[BG_TOKEN_ID_HEX];
  char time[BG_TIME_TEXT_SIZE];
  bg_hex(bg_bytes(session->token_id, sizeof session->token_id), id);
  put_text(buf, "token", id);
  put_text(buf, "subject", session->subject);
  put_text(buf, "issuer", session->issuer);
  for (size_t i = 0; i < session->approver_count; i++) {
    put_text(buf, "approver", session->approvers[i]);
  }
  put_text(buf, "why", session->reason);
  if (accepted) {
    bg_format_time(session->deadline, time);
    put_text(buf, "deadline", time);
    put_text(buf, "level", bg_level_name(session->level));
  }
}

static void put_record(struct bg_buf *buf, const struct bg_audit_record *record) {
  bg_buf_printf(buf, "op=breakglass-%s", record->operation);
  put_text(buf, "code", record->reason_code);
  put_text(buf, "ref", record->reference);
  put_text(buf, "acct", record->login);
  put_text(buf, "service", record->service);
  if (record->session != NULL) {
    put_session(buf, record->session, record->success);
  }
  if (record->audit_session != BG_NO_AUDIT_SESSION) {
    bg_buf_printf(buf, " session=%u", record->audit_session);
  }
}

enum bg_error bg_audit_write(int audit, const struct bg_audit_record *record) {
  char message[RECORD_MAX];
  struct bg_buf buf = BG_BUF(message);
  put_record(&buf, record);
  bg_buf_put_byte(&buf, '\0');
  if (buf.failed) {
    return BG_ERR_TOO_LARGE;
  }
  if (audit < 0) {
    return BG_ERR_IO;
  }
  /* "?" for what is unknown: libaudit would ask the resolver for a NULL address
   * with a name, and the terminal driver for a NULL terminal. */
  const char *source = record->source != NULL && record->source[0] != '\0' ? record->source : "?";
  const char *tty =
      record->session != NULL && record->session->tty[0] != '\0' ? record->session->tty : "?";
  int sent = audit_log_user_message(audit, AUDIT_TRUSTED_APP, message, NULL, source, tty,
                                    record->success ? 1 : 0);
  return sent > 0 ? BG_OK : BG_ERR_IO;
}
