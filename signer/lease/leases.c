/* SPDX-License-Identifier: BSD-2-Clause */
/* Which sinks there are, their beginning and their end. */
#include <config.h>

#include "lease.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "breakglass/program.h"
#include "courier.h"
#include "progress.h"

static void say(const struct leases *leases, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(const struct leases *leases, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  leases->config.log(text);
}

static const char *copy(size_t size, char *to, const char *text) {
  bg_text_fit(size, to, text);
  return text != NULL ? to : NULL;
}

static void copy_config(struct leases *leases, const struct leases_config *config) {
  leases->config = *config;
  leases->config.issuer = copy(sizeof leases->issuer, leases->issuer, config->issuer);
  leases->config.programs = copy(sizeof leases->programs, leases->programs, config->programs);
  leases->config.webhook = copy(sizeof leases->webhook, leases->webhook, config->webhook);
  leases->config.webhook_ca =
      copy(sizeof leases->webhook_ca, leases->webhook_ca, config->webhook_ca);
  leases->config.secret = bg_bytes(NULL, 0); /* the webhook has it */
}

static enum bg_error add(struct leases *leases, struct sink *sink) {
  struct courier *courier = NULL;
  enum bg_error err = courier_start(leases, sink, &courier);
  if (err == BG_OK) {
    leases->couriers[leases->courier_count++] = courier;
  }
  return err;
}

static enum bg_error add_webhook(struct leases *leases, struct bg_bytes secret) {
  struct sink sink = {0};
  enum bg_error err =
      sink_webhook_open(leases->config.webhook, leases->config.webhook_ca, secret, &sink);
  if (err == BG_OK) {
    err = add(leases, &sink);
  }
  sink_close(&sink);
  return err;
}

struct adding {
  struct leases *leases;
  enum bg_error err; /* of the ledger's, or of memory: the programs' own are told */
};

static void add_program(void *context, const struct bg_program *program, const char *problem) {
  struct adding *adding = context;
  struct leases *leases = adding->leases;
  struct sink sink = {0};
  if (problem == NULL && leases->courier_count == LEASE_PROGRAMS_MAX) {
    problem = "there are too many before it";
  }
  if (problem == NULL && adding->err == BG_OK) {
    adding->err = sink_exec_open(program, &sink);
  }
  if (problem == NULL && adding->err == BG_ERR_TOO_LARGE) {
    adding->err = BG_OK;
    problem = "its name is too long";
  }
  if (problem != NULL) {
    say(leases, "leases: %s/%s is not run: %s", program->folder, program->name, problem);
  } else if (adding->err == BG_OK) {
    adding->err = add(leases, &sink);
  }
  sink_close(&sink);
}

static enum bg_error add_programs(struct leases *leases) {
  const char *folder = leases->config.programs;
  struct adding adding = {.leases = leases, .err = BG_OK};
  enum bg_error err = bg_programs_each(folder, leases->config.owner, add_program, &adding);
  if (err != BG_OK) {
    say(leases, "leases: sink_exec = yes, but %s: %s", folder, bg_strerror(err));
  } else if (leases->courier_count == 0 && adding.err == BG_OK) {
    say(leases, "leases: sink_exec = yes, but there is no program in %s: nobody is told", folder);
  }
  return adding.err;
}

static enum bg_error add_all(struct leases *leases, struct bg_bytes secret) {
  enum bg_error err = leases->config.programs != NULL ? add_programs(leases) : BG_OK;
  return err == BG_OK && leases->config.webhook != NULL ? add_webhook(leases, secret) : err;
}

static enum bg_error open_shared(struct leases *leases, const char *ledger) {
  leases->stopping = eventfd(0, EFD_CLOEXEC);
  if (leases->stopping < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return BG_ERR_NOMEM;
  }
  return ledger_open(ledger, &leases->ledger);
}

enum bg_error leases_start(const struct leases_config *config, struct leases **ret_leases) {
  if (config->programs == NULL && config->webhook == NULL) {
    *ret_leases = NULL;
    return BG_OK;
  }
  struct leases *leases = calloc(1, sizeof *leases);
  if (leases == NULL) {
    return BG_ERR_NOMEM;
  }
  copy_config(leases, config);
  (void)pthread_mutex_init(&leases->ledger_lock, NULL);
  enum bg_error err = open_shared(leases, config->ledger);
  if (err == BG_OK) {
    err = add_all(leases, config->secret);
  }
  if (err != BG_OK) {
    leases_stop(leases);
    return err;
  }
  *ret_leases = leases;
  return BG_OK;
}

bool leases_owe_cursors(struct leases *leases) {
  bool owe = false;
  for (size_t i = 0; leases != NULL && i < leases->courier_count; i++) {
    owe |= progress_owes_cursor(leases->couriers[i]);
  }
  return owe;
}

enum bg_error leases_put_cursors(struct leases *leases, struct ledger *ledger) {
  enum bg_error err = BG_OK;
  for (size_t i = 0; err == BG_OK && i < leases->courier_count; i++) {
    err = progress_put_cursor(leases->couriers[i], ledger);
  }
  return err;
}

void leases_cursors_kept(struct leases *leases) {
  for (size_t i = 0; i < leases->courier_count; i++) {
    progress_cursor_kept(leases->couriers[i]);
  }
}

/* No courier runs any more, and nobody writes for them. */
static void put_last_cursors(struct leases *leases) {
  if (!leases_owe_cursors(leases)) {
    return;
  }
  enum bg_error err = ledger_begin(leases->ledger);
  if (err == BG_OK) {
    err = leases_put_cursors(leases, leases->ledger);
  }
  if (err == BG_OK) {
    err = ledger_commit(leases->ledger);
  }
  if (err != BG_OK) {
    say(leases, "leases: how far they are is not written down, so some are told again: %s (%s)",
        bg_strerror(err), ledger_reason(leases->ledger));
  }
}

void leases_stop(struct leases *leases) {
  const uint64_t one = 1;
  if (leases == NULL) {
    return;
  }
  if (leases->stopping >= 0) {
    (void)!write(leases->stopping, &one, sizeof one);
  }
  for (size_t i = 0; i < leases->courier_count; i++) {
    courier_join(leases->couriers[i]);
  }
  put_last_cursors(leases); /* before their claims end with the connection */
  for (size_t i = 0; i < leases->courier_count; i++) {
    courier_free(leases->couriers[i]);
  }
  ledger_close(leases->ledger);
  if (leases->stopping >= 0) {
    (void)close(leases->stopping);
  }
  free(leases);
}

size_t leases_states(struct leases *leases, struct lease_state ret_states[static LEASE_SINKS_MAX]) {
  const size_t count = leases != NULL ? leases->courier_count : 0;
  for (size_t i = 0; i < count; i++) {
    struct courier *courier = leases->couriers[i];
    (void)pthread_mutex_lock(&courier->state_lock);
    ret_states[i] = courier->state;
    (void)pthread_mutex_unlock(&courier->state_lock);
  }
  return count;
}
