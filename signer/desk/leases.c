/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "leases.h"

#include <string.h>

#include "breakglass/json_read.h"
#include "breakglass/paths.h"
#include "record.h"

static enum bg_error read_claims(const struct record *record, struct bg_claims *ret_claims) {
  uint8_t bytes[BG_TOKEN_BYTES_MAX];
  struct bg_bytes payload;
  return record_payload(record, bytes, sizeof bytes, &payload) == BG_OK &&
                 bg_claims_decode(payload, ret_claims) == BG_OK
             ? BG_OK
             : BG_ERR_SYNTAX;
}

/* Those whose signatures are on the token. */
static void read_approvers(const struct record *record, struct lease *lease) {
  size_t i = 0;
  const json_t *signature = NULL;
  lease->approver_count = 0;
  json_array_foreach(json_object_get(record->root, "signatures"), i, signature) {
    if (lease->approver_count < BG_SIGNATURES_MAX) {
      bg_text_fit(BG_NAME_SIZE, lease->approvers[lease->approver_count++],
                  json_text_of(signature, "by"));
    }
  }
}

static enum bg_error read_lease(struct ledger *ledger, const char *request,
                                struct lease *ret_lease) {
  struct record record;
  enum bg_error err = record_load(ledger, request, &record);
  if (err == BG_ERR_IO && record.id[0] != '\0') {
    err = BG_ERR_SYNTAX; /* it is there, and no JSON */
  }
  if (err == BG_OK) {
    err = read_claims(&record, &ret_lease->claims);
  }
  if (err == BG_OK) {
    bg_text_fit(sizeof ret_lease->rule, ret_lease->rule,
                json_text_of(json_object_get(record.root, "view"), "rule"));
    read_approvers(&record, ret_lease);
  }
  record_free(&record);
  return err;
}

static const char *or_none(const char *text) {
  return text[0] != '\0' ? text : NULL;
}

static enum bg_error start_with(struct desk *desk, struct bg_bytes secret) {
  const struct bg_issuing_settings *settings = &desk->settings;
  const struct leases_config config = {
      .issuer = settings->name,
      .ledger = settings->ledger,
      .programs = settings->sink_exec ? bg_paths()->signer_sinks_dir : NULL,
      .webhook = or_none(settings->webhook),
      .webhook_ca = or_none(settings->webhook_ca),
      .secret = secret,
      .owner = bg_paths()->owner,
      .read = read_lease,
      .log = desk->config.log};
  return leases_start(&config, &desk->leases);
}

enum bg_error start_leases(struct desk *desk) {
  struct bg_file secret = {0};
  enum bg_error err = BG_OK;
  if (desk->settings.webhook_secret[0] != '\0') {
    err = bg_secret_read(desk->settings.webhook_secret, LEASE_SECRET_TEXT_MAX, &secret);
  }
  const bool read = err == BG_OK;
  if (read) {
    err = start_with(desk, bg_bytes(secret.data, secret.len));
  }
  bg_file_free(&secret);
  if (!read || err == BG_ERR_SYNTAX) {
    desk_log(desk, "[signer] webhook_secret: %s",
             err == BG_ERR_SYNTAX ? "not whsec_ and base64 of 24 to 64 bytes" : bg_strerror(err));
  } else if (err != BG_OK) {
    desk_log(desk, "leases cannot be delivered: %s (%s)", bg_strerror(err), ledger_reason(NULL));
  }
  return err;
}
