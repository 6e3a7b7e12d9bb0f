/* SPDX-License-Identifier: BSD-2-Clause */
/* What anybody may ask: keys, health, metrics. */
#include <config.h>

#include "exchange.h"
#include "leases_told.h"
#include "routes.h"
#include "state.h"

#include <inttypes.h>

#include "breakglass/file.h"

#define METRICS_MAX 16384
#define HEALTH_MAX 4096

static json_t *key_line(const struct bg_ssh_key *key) {
  char text[BG_SIGNER_LINE_SIZE] = "";
  struct bg_buf line = BG_BUF(text);
  bg_ssh_key_put_line(key, &line);
  return line.failed ? NULL : json_string(text);
}

/* The current one, and those before it, whose tokens may still be about. */
static json_t *issuer_lines(const struct desk *desk) {
  json_t *lines = json_pack("[o]", key_line(bg_signing_key_public(desk->issuer)));
  for (size_t i = 0; i < desk->settings.old_issuer_key_count; i++) {
    struct bg_ssh_key key;
    if (bg_ssh_key_from_file(desk->settings.old_issuer_keys[i], &key) == BG_OK) {
      (void)json_array_append_new(lines, key_line(&key));
    }
  }
  return lines;
}

void get_keys(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  json_t *ca = json_array();
  if (desk->ca != NULL) {
    (void)json_array_append_new(ca, key_line(bg_signing_key_public(desk->ca)));
  }
  answer_json(exchange, 200,
              json_pack("{s:s, s:o, s:o}", "issuer", desk->settings.name, "keys",
                        issuer_lines(desk), "ca", ca));
}

/* A sink that takes nothing keeps nobody from a token: it is told, and the service is well. */
void get_health(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  char text[HEALTH_MAX];
  struct bg_buf buf = BG_BUF(text);
  if (!desk_is_healthy(desk)) {
    http_problem(
        exchange, 503, "unavailable",
        "the ledger does not take what it is given, or the revocation list cannot be made");
    return;
  }
  bg_buf_put_text(&buf, "ok\n");
  leases_put_health(desk, &buf);
  http_answer(exchange, 200, "text/plain; charset=utf-8", bg_buf_view(&buf));
}

static void put_counter(struct bg_buf *buf, const char *name, const char *help,
                        const uint64_t *value) {
  bg_buf_printf(buf,
                "# HELP breakglass_signer_%s_total %s\n# TYPE breakglass_signer_%s_total counter\n"
                "breakglass_signer_%s_total %" PRIu64 "\n",
                name, help, name, name, __atomic_load_n(value, __ATOMIC_RELAXED));
}

void get_metrics(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  const struct counters *counters = &desk->counters;
  char text[METRICS_MAX];
  struct bg_buf buf = BG_BUF(text);
  put_counter(&buf, "requests", "Requests that were made.", &counters->requests);
  put_counter(&buf, "issued", "Tokens that were issued.", &counters->issued);
  put_counter(&buf, "denied", "Requests that an approver denied.", &counters->denied);
  put_counter(&buf, "refused", "Requests that no rule took.", &counters->refused);
  put_counter(&buf, "unauthorised", "Calls of nobody known, or without a good signature.",
              &counters->unauthorised);
  put_counter(&buf, "revocations", "Revocations that were made.", &counters->revocations);
  put_counter(&buf, "ledger_failures", "Commits that failed.", &counters->failures);
  leases_put_metrics(desk, &buf);
  http_answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", bg_buf_view(&buf));
}
