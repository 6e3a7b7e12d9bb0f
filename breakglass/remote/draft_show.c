/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "draft_show.h"

#include <string.h>

#include "breakglass/text.h"
#include "paragraph.h"

#define NAME_COLUMNS 10

static void show(FILE *out, const char *name, const char *value) {
  print_paragraph(out, NAME_COLUMNS, name, value);
}

static void show_hosts(FILE *out, const struct draft *draft) {
  const struct bg_claims *claims = &draft->claims;
  char text[BG_NAME_SIZE + 64];
  for (size_t i = 0; i < claims->audience_count; i++) {
    const char *id = strchr(claims->audiences[i], ':') + 1;
    show(out, i == 0 ? "on" : "", id);
  }
  if (draft->ask.group[0] != '\0') {
    (void)snprintf(text, sizeof text, "group %s, as the service lists it: are these its hosts?",
                   draft->ask.group);
    show(out, "", text);
  }
}

static void show_way(FILE *out, const struct draft *draft) {
  const struct bg_claims *claims = &draft->claims;
  char fingerprint[BG_FINGERPRINT_SIZE];
  if (claims->has_holder) {
    bg_ssh_key_fingerprint(&draft->ask.holder, fingerprint);
    (void)fprintf(out, "  %-*s SSH, with the key %s\n", NAME_COLUMNS, "over", fingerprint);
  } else {
    show(out, "over", "a console, by whoever has the token");
  }
  for (size_t i = 0; i < claims->source_count; i++) {
    show(out, i == 0 ? "only from" : "", claims->sources[i]);
  }
  if (claims->has_nonce) {
    show(out, "challenge", "answers the one that a host with a broken clock has shown");
  }
}

static void show_times(FILE *out, const struct bg_claims *claims, int64_t now) {
  char longest[32];
  char until[BG_TIME_TEXT_SIZE];
  char left[32];
  bg_format_duration(claims->longest, sizeof longest, longest);
  bg_format_time(claims->expires, until);
  bg_format_duration(claims->expires - now, sizeof left, left);
  (void)fprintf(out, "  %-*s up to %s, to be begun by %s (in %s)\n", NAME_COLUMNS, "session",
                longest, until, left);
}

static void show_replacement(FILE *out, const struct bg_claims *claims) {
  const char *level = bg_level_name(claims->level);
  (void)fprintf(out, "this replaces %zu host%s: ", claims->audience_count,
                claims->audience_count == 1 ? "" : "s");
  for (size_t i = 0; i < claims->audience_count; i++) {
    (void)fprintf(out, "%s%s", i == 0 ? "" : ", ", strchr(claims->audiences[i], ':') + 1);
  }
  if (level != NULL) {
    (void)fprintf(out, " (at least %s)\n", level);
  } else {
    (void)fprintf(out, " (as its own policy says)\n");
  }
}

void draft_show(FILE *out, const struct draft *draft, int64_t now) {
  const struct bg_claims *claims = &draft->claims;
  (void)fprintf(out, "%s asks to be let in\n", claims->subject);
  show_hosts(out, draft);
  show(out, "as login", claims->login);
  show(out, "because", claims->reason);
  show_times(out, claims, now);
  show_way(out, draft);
  show_replacement(out, claims);
}
