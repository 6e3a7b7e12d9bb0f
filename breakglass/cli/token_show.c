/* SPDX-License-Identifier: BSD-2-Clause */
#include "token_show.h"

#include <sodium.h>
#include <string.h>

#include "paragraph.h"

#define NAME_COLUMNS 12
#define KID_BASE64_WHOLE 10 /* characters of the fingerprint that the kid tells */

static void show(FILE *out, const char *name, const char *value) {
  print_paragraph(out, NAME_COLUMNS, name, value);
}

static void show_each(FILE *out, const char *name, const char (*texts)[BG_NAME_SIZE],
                      size_t count) {
  for (size_t i = 0; i < count; i++) {
    show(out, i == 0 ? name : "", texts[i]);
  }
}

static void show_time(FILE *out, const char *name, int64_t time, int64_t now) {
  char text[BG_TIME_TEXT_SIZE];
  char distance[32];
  bg_format_time(time, text);
  bg_format_duration(time > now ? time - now : now - time, sizeof distance, distance);
  if (time == now) {
    (void)fprintf(out, "  %-*s %s (now)\n", NAME_COLUMNS, name, text);
  } else {
    (void)fprintf(out, "  %-*s %s (%s%s%s)\n", NAME_COLUMNS, name, text, time > now ? "in " : "",
                  distance, time > now ? "" : " ago");
  }
}

static void show_hex(FILE *out, const char *name, const uint8_t *bytes, size_t len) {
  char text[2 * BG_SHA256_SIZE + 1];
  bg_hex(bg_bytes(bytes, len), text);
  show(out, name, text);
}

static void fingerprint(const struct bg_claims *claims, char text[static BG_FINGERPRINT_SIZE]) {
  struct bg_ssh_key key = {0};
  memcpy(key.sha256, claims->holder, sizeof key.sha256);
  bg_ssh_key_fingerprint(&key, text);
}

static void show_binding(FILE *out, const struct bg_claims *claims) {
  char text[BG_FINGERPRINT_SIZE];
  if (claims->has_holder) {
    fingerprint(claims, text);
    show(out, "holder key", text);
  } else {
    show(out, "holder key", "none: for a console, or whoever has the token");
  }
  if (claims->source_count > 0) {
    show_each(out, "only from", claims->sources, claims->source_count);
  }
  if (claims->has_nonce) {
    show_hex(out, "challenge", claims->nonce, sizeof claims->nonce);
  }
}

void token_show_claims(FILE *out, const struct bg_claims *claims, int64_t now) {
  char longest[32];
  const char *level = bg_level_name(claims->level);
  bg_format_duration(claims->longest, sizeof longest, longest);
  show(out, "for", claims->subject);
  show(out, "as login", claims->login);
  show_each(out, "on", claims->audiences, claims->audience_count);
  show(out, "because", claims->reason);
  show_time(out, "valid from", claims->not_before, now);
  show_time(out, "valid until", claims->expires, now);
  show(out, "session", longest);
  show_binding(out, claims);
  show(out, "replacement", level != NULL ? level : "as the host's policy says");
  show(out, "issuer", claims->issuer);
  show_time(out, "issued at", claims->issued_at, now);
  show_hex(out, "token id", claims->id, sizeof claims->id);
}

static const char *type_name(enum bg_ssh_key_type type) {
  return type == BG_SSH_SK_ED25519 ? "ed25519-sk" : "ed25519";
}

void token_show_signatures(FILE *out, const struct bg_token *token) {
  for (size_t i = 0; i < token->signature_count; i++) {
    const struct bg_signature *signature = &token->signatures[i];
    char hex[2 * BG_KID_SIZE + 1];
    char base64[sodium_base64_ENCODED_LEN(BG_KID_SIZE, sodium_base64_VARIANT_ORIGINAL)];
    bg_hex(bg_bytes(signature->kid, BG_KID_SIZE), hex);
    (void)sodium_bin2base64(base64, sizeof base64, signature->kid, BG_KID_SIZE,
                            sodium_base64_VARIANT_ORIGINAL);
    (void)fprintf(out, "  %-*s %s key SHA256:%.*s... (%s)\n", NAME_COLUMNS,
                  i == 0 ? "signatures" : "", type_name(signature->type), KID_BASE64_WHOLE, base64,
                  hex);
  }
}

void token_json_claims(struct bg_json *json, const struct bg_claims *claims) {
  char holder[BG_FINGERPRINT_SIZE];
  bg_json_hex(json, "token_id", bg_bytes(claims->id, sizeof claims->id));
  bg_json_text(json, "issuer", claims->issuer);
  bg_json_text(json, "subject", claims->subject);
  bg_json_texts(json, "audience", claims->audiences, sizeof claims->audiences[0],
                claims->audience_count);
  bg_json_text(json, "login", claims->login);
  bg_json_text(json, "reason", claims->reason);
  bg_json_time(json, "issued_at", claims->issued_at);
  bg_json_time(json, "not_before", claims->not_before);
  bg_json_time(json, "expires", claims->expires);
  bg_json_int(json, "max_seconds", claims->longest);
  bg_json_text(json, "level", bg_level_name(claims->level));
  fingerprint(claims, holder);
  bg_json_text(json, "holder", claims->has_holder ? holder : NULL);
  bg_json_texts(json, "source", claims->sources, sizeof claims->sources[0], claims->source_count);
  if (claims->has_nonce) {
    bg_json_hex(json, "nonce", bg_bytes(claims->nonce, sizeof claims->nonce));
  } else {
    bg_json_null(json, "nonce");
  }
}

void token_json_signatures(struct bg_json *json, const struct bg_token *token) {
  bg_json_array(json, "signatures");
  for (size_t i = 0; i < token->signature_count; i++) {
    bg_json_object(json, NULL);
    bg_json_hex(json, "kid", bg_bytes(token->signatures[i].kid, BG_KID_SIZE));
    bg_json_text(json, "type", type_name(token->signatures[i].type));
    bg_json_end_object(json);
  }
  bg_json_end_array(json);
}
