/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a draft is what was asked for, and no more: all that stands between a stolen signing
 * service and a token that nobody wanted. */
#include <stdio.h>
#include <string.h>

#include "breakglass/ask.h"
#include "breakglass/call.h"

#define HOST_PREFIX "host:"

struct comparison {
  const struct bg_ask *ask;
  const struct bg_ask_bounds *bounds;
  const struct bg_claims *claims;
};

static bool is_issuer(const struct comparison *c) {
  return strcmp(c->claims->issuer, c->bounds->issuer) == 0;
}

static bool is_subject(const struct comparison *c) {
  return strcmp(c->claims->subject, c->bounds->subject) == 0;
}

/* Of a group, what it holds is to be shown: here only that hosts are named, as hosts are. */
static bool are_hosts(const struct comparison *c) {
  const size_t prefix = strlen(HOST_PREFIX);
  bool same = c->claims->audience_count > 0 &&
              (c->ask->host_count == 0 || c->claims->audience_count == c->ask->host_count);
  for (size_t i = 0; same && i < c->claims->audience_count; i++) {
    const char *audience = c->claims->audiences[i];
    same = strncmp(audience, HOST_PREFIX, prefix) == 0 && bg_text_is_word(bg_bytes_of(audience)) &&
           (c->ask->host_count == 0 || strcmp(audience + prefix, c->ask->hosts[i]) == 0);
  }
  return same;
}

static bool is_login(const struct comparison *c) {
  return strcmp(c->claims->login, c->ask->login) == 0;
}

static bool is_reason(const struct comparison *c) {
  return strcmp(c->claims->reason, c->ask->reason) == 0;
}

static bool is_holder(const struct comparison *c) {
  return c->claims->has_holder == !c->ask->console &&
         (c->ask->console ||
          memcmp(c->claims->holder, c->ask->holder.sha256, sizeof c->claims->holder) == 0);
}

static bool is_nonce(const struct comparison *c) {
  return c->claims->has_nonce == c->ask->has_nonce &&
         (!c->ask->has_nonce ||
          memcmp(c->claims->nonce, c->ask->nonce, sizeof c->claims->nonce) == 0);
}

/* A rule may want a higher one: that replaces more, and lets nobody in. */
static bool is_level(const struct comparison *c) {
  return c->claims->level >= c->ask->level;
}

static bool is_longest(const struct comparison *c) {
  return c->claims->longest <= c->ask->longest;
}

static bool are_sources(const struct comparison *c) {
  bool same = c->claims->source_count == c->ask->source_count;
  for (size_t i = 0; same && i < c->ask->source_count; i++) {
    same = strcmp(c->claims->sources[i], c->ask->sources[i]) == 0;
  }
  return same;
}

static bool is_begin(const struct comparison *c) {
  const int64_t earliest = c->bounds->called_at - BG_CALL_SKEW;
  return c->claims->not_before >= earliest && c->claims->issued_at >= earliest &&
         c->claims->issued_at <= c->bounds->called_at + BG_CALL_SKEW;
}

static bool is_end(const struct comparison *c) {
  return c->claims->expires <=
         c->bounds->called_at + BG_CALL_SKEW + c->bounds->longest_wait + c->ask->window;
}

static const struct {
  bool (*is_covered)(const struct comparison *c);
  const char *what;
} comparisons[] = {
    {is_issuer, "it is of another issuer than the service that you use"},
    {is_subject, "it is for another person than the one who asked"},
    {are_hosts, "its hosts are not those that were asked for"},
    {is_login, "its login is not the one that was asked for"},
    {is_reason, "its reason is not the one that was given"},
    {is_holder, "its holder key is not the one that was asked for"},
    {is_nonce, "it answers another challenge than the one that was given"},
    {is_level, "its replacement level is lower than the one that was asked for"},
    {is_longest, "its session is longer than the one that was asked for"},
    {are_sources, "its source addresses are not those that were asked for"},
    {is_begin, "it begins before, or was issued at another time than, the request"},
    {is_end, "it can be used for longer than was asked for"},
};

enum bg_error bg_ask_covers(const struct bg_ask *ask, const struct bg_ask_bounds *bounds,
                            const struct bg_claims *claims, struct bg_ask_problem *ret_problem) {
  const struct comparison comparison = {.ask = ask, .bounds = bounds, .claims = claims};
  for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
    if (!comparisons[i].is_covered(&comparison)) {
      (void)snprintf(ret_problem->text, sizeof ret_problem->text, "%s", comparisons[i].what);
      return BG_ERR_DENIED;
    }
  }
  return BG_OK;
}
