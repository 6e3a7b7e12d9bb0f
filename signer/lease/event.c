/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "event.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "breakglass/json.h"

#define TYPE "breakglass.token.issued"
#define SCHEMA "urn:breakglass:schema:issued:1"
#define SOURCE_PREFIX "urn:breakglass:signer:"
#define HOST_PREFIX "host:"
#define SKEW_MAX 300       /* the widest clock_skew that gate.conf(5) takes */
#define CHALLENGE_MAX 7200 /* how long a host takes the answer to a challenge that it has shown */

/* Whoever answers a challenge is judged by it, and not by the clock; it was shown before the token
 * was asked for. */
int64_t lease_ends(const struct bg_claims *claims) {
  int64_t opens =
      claims->has_nonce ? claims->issued_at + CHALLENGE_MAX : claims->expires + SKEW_MAX;
  return opens + claims->longest;
}

/* Of what makes it this event and no other, so that each service and each attempt makes the same.
 */
static void put_id(const char *issuer, const struct bg_claims *claims, const char *host,
                   char ret_id[static LEASE_EVENT_ID_SIZE]) {
  uint8_t hash[crypto_hash_sha256_BYTES];
  char token[2 * BG_TOKEN_ID_SIZE + 1];
  char text[sizeof TYPE + sizeof token + (size_t)2 * BG_NAME_SIZE + 4];
  bg_hex(bg_bytes(claims->id, sizeof claims->id), token);
  int len = snprintf(text, sizeof text, TYPE "\n%s\n%s\n%s\n", issuer, token, host);
  (void)crypto_hash_sha256(hash, (const uint8_t *)text, len > 0 ? (unsigned long long)len : 0);
  bg_hex(bg_bytes(hash, (LEASE_EVENT_ID_SIZE - 1) / 2), ret_id);
}

/* The name may be any text without blanks, a URN may not (RFC 8141). */
static void put_source(struct bg_json *json, const char *issuer) {
  char source[sizeof SOURCE_PREFIX + ((size_t)3 * BG_NAME_SIZE)];
  struct bg_buf buf = BG_BUF(source);
  bg_buf_put_text(&buf, SOURCE_PREFIX);
  bg_put_percent(&buf, issuer);
  bg_buf_put_byte(&buf, '\0');
  bg_json_text(json, "source", bg_buf_view(&buf).len > 0 ? source : NULL);
}

static void put_token(struct bg_json *json, const struct lease *lease) {
  const struct bg_claims *claims = &lease->claims;
  bg_json_object(json, "token");
  bg_json_hex(json, "token_id", bg_bytes(claims->id, sizeof claims->id));
  bg_json_text(json, "issuer", claims->issuer);
  bg_json_text(json, "subject", claims->subject);
  bg_json_texts(json, "approvers", lease->approvers, sizeof lease->approvers[0],
                lease->approver_count);
  bg_json_text(json, "login", claims->login);
  bg_json_text(json, "reason", claims->reason);
  bg_json_text(json, "rule", lease->rule);
  bg_json_time(json, "not_before", claims->not_before);
  bg_json_time(json, "expires", claims->expires);
  bg_json_int(json, "max", claims->longest);
  bg_json_end_object(json);
}

static void put_data(struct bg_json *json, int64_t number, const struct lease *lease,
                     const char *host) {
  bg_json_object(json, "data");
  bg_json_object(json, "host");
  bg_json_text(json, "id", host);
  bg_json_end_object(json);
  bg_json_text(json, "cause", "token");
  bg_json_text(json, "level", bg_level_name(lease->claims.level));
  bg_json_object(json, "replace");
  bg_json_time(json, "by", lease_ends(&lease->claims));
  bg_json_end_object(json);
  put_token(json, lease);
  bg_json_int(json, "number", number);
  bg_json_end_object(json);
}

enum bg_error lease_event_make(const char *issuer, int64_t number, int64_t time,
                               const struct lease *lease, size_t index,
                               struct lease_event *ret_event) {
  const char *audience = lease->claims.audiences[index];
  if (strncmp(audience, HOST_PREFIX, strlen(HOST_PREFIX)) != 0) {
    return BG_ERR_RANGE;
  }
  const char *host = audience + strlen(HOST_PREFIX);
  struct bg_buf buf = BG_BUF(ret_event->bytes);
  struct bg_json json = bg_json_writer(&buf);
  put_id(issuer, &lease->claims, host, ret_event->id);
  bg_json_object(&json, NULL);
  bg_json_text(&json, "specversion", "1.0");
  bg_json_text(&json, "id", ret_event->id);
  put_source(&json, issuer);
  bg_json_text(&json, "type", TYPE);
  bg_json_text(&json, "subject", host);
  bg_json_time(&json, "time", time);
  bg_json_text(&json, "datacontenttype", "application/json");
  bg_json_text(&json, "dataschema", SCHEMA);
  put_data(&json, number, lease, host);
  bg_json_end_object(&json);
  bg_buf_put_byte(&buf, '\n');
  ret_event->text = bg_buf_view(&buf);
  return buf.failed ? BG_ERR_TOO_LARGE : BG_OK;
}
