/* SPDX-License-Identifier: BSD-2-Clause */
/* A token comes to be: the approvers' signatures and the issuer's over the same claims. */
#include <config.h>

#include "issue.h"

#include "exchange.h"
#include "revocation_list.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "breakglass/json.h"
#include "breakglass/json_read.h"

#define CERTIFICATE_MAX 24576
#define EARLY 60 /* seconds before the token that the certificate is valid: sshd allows no skew */

struct signature_bytes {
  uint8_t protected[32];
  uint8_t value[BG_SIGNATURE_MAX];
};

struct parts {
  struct bg_bytes payload;
  struct bg_signature signatures[BG_SIGNATURES_MAX];
  struct signature_bytes storage[BG_SIGNATURES_MAX];
  size_t count;
};

static enum bg_error add_signature(struct parts *parts, const struct bg_ssh_key *key,
                                   struct bg_bytes value) {
  if (parts->count == BG_SIGNATURES_MAX || value.len > BG_SIGNATURE_MAX) {
    return BG_ERR_RANGE;
  }
  struct signature_bytes *storage = &parts->storage[parts->count];
  struct bg_signature *signature = &parts->signatures[parts->count];
  struct bg_buf protected = BG_BUF(storage->protected);
  enum bg_error err = bg_token_protected(key, &protected);
  if (err == BG_OK) {
    memcpy(storage->value, value.data, value.len);
    *signature = (struct bg_signature){.protected = bg_buf_view(&protected),
                                       .value = bg_bytes(storage->value, value.len),
                                       .type = key->type};
    memcpy(signature->kid, key->sha256, BG_KID_SIZE);
    parts->count++;
  }
  return err;
}

static enum bg_error add_issuer(const struct desk *desk, struct parts *parts) {
  uint8_t value[BG_SIGNATURE_MAX];
  size_t len = 0;
  enum bg_error err = bg_sign_claims(desk->issuer, parts->payload, value, &len);
  return err == BG_OK
             ? add_signature(parts, bg_signing_key_public(desk->issuer), bg_bytes(value, len))
             : err;
}

static enum bg_error add_approvers(const json_t *signatures, struct parts *parts) {
  enum bg_error err = BG_OK;
  size_t i = 0;
  const json_t *kept = NULL;
  json_array_foreach(signatures, i, kept) {
    struct bg_ssh_key key;
    struct bg_bytes value;
    uint8_t bytes[BG_SIGNATURE_MAX];
    err = bg_ssh_key_from_line(bg_bytes_of(json_text_of(kept, "key")), &key);
    if (err == BG_OK) {
      err = json_read_base64url(json_object_get(kept, "value"), bytes, sizeof bytes, &value);
    }
    if (err == BG_OK) {
      err = add_signature(parts, &key, value);
    }
    if (err != BG_OK) {
      break;
    }
  }
  return err;
}

/* The line of the certificate; nothing for a console, or without a CA. */
static enum bg_error certify(const struct desk *desk, const struct bg_claims *claims,
                             const char *holder, const char *token, uint64_t serial,
                             struct bg_buf *line) {
  uint8_t bytes[BG_SSH_KEY_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  char request[LEDGER_ID_SIZE];
  char key_id[BG_NAME_SIZE + LEDGER_ID_SIZE + 1];
  if (desk->ca == NULL || holder == NULL) {
    return BG_OK;
  }
  enum bg_error err = bg_ssh_key_line_blob(bg_bytes_of(holder), &blob);
  if (err != BG_OK) {
    return err;
  }
  struct bg_buf id = BG_BUF(key_id);
  bg_hex(bg_bytes(claims->id, sizeof claims->id), request);
  bg_buf_printf(&id, "%s %s", claims->subject, request);
  /* sshd judges it by its own clock, which a challenge is there for not to trust. */
  const struct bg_user_certificate certificate = {
      .holder = bg_buf_view(&blob),
      .serial = serial,
      .key_id = key_id,
      .login = claims->login,
      .valid_after = claims->has_nonce ? 0 : (uint64_t)(claims->not_before - EARLY),
      .valid_before = claims->has_nonce ? UINT64_MAX : (uint64_t)claims->expires,
      .token = token};
  return bg_certify(desk->ca, &certificate, line);
}

static uint64_t serial_of(const struct bg_claims *claims) {
  uint64_t serial = 0;
  memcpy(&serial, claims->id, sizeof serial);
  return serial & INT64_MAX; /* as JSON has it */
}

static void put_hosts(struct bg_json *json, const struct bg_claims *claims) {
  const size_t prefix = strlen(HOST_PREFIX);
  bg_json_array(json, "hosts");
  for (size_t i = 0; i < claims->audience_count; i++) {
    const char *audience = claims->audiences[i];
    bg_json_text(json, NULL, audience + (strncmp(audience, HOST_PREFIX, prefix) == 0 ? prefix : 0));
  }
  bg_json_end_array(json);
}

static void hash_token(const char *token, uint8_t ret_hash[static BG_SHA256_SIZE]) {
  (void)crypto_hash_sha256(ret_hash, (const uint8_t *)token, strlen(token));
}

static char *entry_of(const struct bg_claims *claims, const char *token, const uint64_t *serial) {
  char bytes[LEDGER_LINE_MAX];
  uint8_t hash[BG_SHA256_SIZE];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_json json = bg_json_writer(&buf);
  hash_token(token, hash);
  bg_json_object(&json, NULL);
  bg_json_hex(&json, "request", bg_bytes(claims->id, sizeof claims->id));
  bg_json_text(&json, "subject", claims->subject);
  put_hosts(&json, claims);
  bg_json_text(&json, "login", claims->login);
  bg_json_int(&json, "expires", claims->expires);
  bg_json_hex(&json, "token_sha256", bg_bytes(hash, sizeof hash));
  if (serial != NULL) {
    bg_json_int(&json, "certificate_serial", (int64_t)*serial);
  } else {
    bg_json_null(&json, "certificate_serial");
  }
  bg_json_end_object(&json);
  return json_copy_text(&buf);
}

static char *answer_of(const char *token, struct bg_bytes certificate) {
  char bytes[CERTIFICATE_MAX + BG_TOKEN_TEXT_MAX + 64];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_json json = bg_json_writer(&buf);
  bg_json_object(&json, NULL);
  bg_json_text(&json, "token", token);
  if (certificate.len > 0) {
    bg_json_bytes(&json, "certificate", certificate);
  } else {
    bg_json_null(&json, "certificate");
  }
  bg_json_end_object(&json);
  return json_copy_text(&buf);
}

enum bg_error issue_read(const struct record *record, struct issued *issued) {
  enum bg_error err = record_payload(record, issued->bytes, sizeof issued->bytes, &issued->payload);
  return err == BG_OK ? bg_claims_decode(issued->payload, &issued->claims) : err;
}

static enum bg_error assemble(const struct desk *desk, struct bg_bytes payload,
                              const json_t *signatures,
                              char ret_token[static BG_TOKEN_TEXT_MAX + 1]) {
  struct parts parts = {.payload = payload};
  enum bg_error err = add_issuer(desk, &parts);
  if (err == BG_OK) {
    err = add_approvers(signatures, &parts);
  }
  return err == BG_OK ? bg_token_encode(parts.payload, parts.signatures, parts.count, ret_token)
                      : err;
}

enum bg_error issue_sign(const struct desk *desk, const char *holder, const json_t *signatures,
                         struct issued *issued) {
  char token[BG_TOKEN_TEXT_MAX + 1];
  char certificate[CERTIFICATE_MAX];
  struct bg_buf line = BG_BUF(certificate);
  const uint64_t serial = serial_of(&issued->claims);
  enum bg_error err = assemble(desk, issued->payload, signatures, token);
  if (err == BG_OK) {
    err = certify(desk, &issued->claims, holder, token, serial, &line);
  }
  if (err != BG_OK) {
    return err;
  }
  issued->entry = entry_of(&issued->claims, token, line.len > 0 ? &serial : NULL);
  issued->answer = answer_of(token, bg_buf_view(&line));
  return issued->entry != NULL && issued->answer != NULL ? BG_OK : BG_ERR_NOMEM;
}

void issued_free(struct issued *issued) {
  free(issued->answer);
  free(issued->entry);
  issued->answer = NULL;
  issued->entry = NULL;
}

enum bg_error issue_write(struct desk *desk, struct ledger *ledger, struct job *job,
                          struct record *record, struct issued *issued) {
  if (record->expires - bg_clock_now() < ISSUE_LEFT_MIN) {
    return job_refuse(job, 409, "ask-again",
                      "fewer than %d seconds of its window are left: ask again", ISSUE_LEFT_MIN);
  }
  enum bg_error err = revoked_check_claims(desk, &issued->claims);
  if (err == BG_REFUSED_REVOKED) {
    return job_refuse(job, 409, "revoked", "the token, or the key that it is for, is revoked");
  }
  if (err == BG_OK) {
    err = append_text(ledger, "issue", issued->entry);
  }
  if (err == BG_OK) {
    record->state = LEDGER_ISSUED;
    record->answer = issued->answer;
    issued->answer = NULL; /* transferred */
    DESK_COUNT(desk, issued);
  }
  return err;
}
