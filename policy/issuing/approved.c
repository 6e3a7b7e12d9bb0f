/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <string.h>

#include "issuing.h"

static struct bg_bytes person_of(const void *people, size_t index) {
  const char *const *names = people;
  return bg_bytes_of(names[index]);
}

/* A decision that was never made, or none that this code could have made, is approved by nobody. */
static bool is_sound(const struct bg_issuing_decision *decision) {
  unsigned all = 0;
  for (size_t i = 0; i < decision->need_count && i < BG_NEEDS_MAX; i++) {
    unsigned count = decision->needs[i].count;
    all += count <= BG_NEEDS_MAX ? count : BG_NEEDS_MAX + 1;
  }
  return decision->rule[0] != '\0' && decision->need_count <= BG_NEEDS_MAX && all <= BG_NEEDS_MAX;
}

bool bg_issuing_is_approved(const struct bg_issuing *issuing,
                            const struct bg_issuing_decision *decision, const char *subject,
                            const char *const *people, size_t count, unsigned *ret_missing) {
  struct issuing_need needs[BG_NEEDS_MAX];
  unsigned missing[BG_NEEDS_MAX] = {0};
  bool approved = is_sound(decision);
  size_t need_count = approved ? decision->need_count : 0;
  for (size_t i = 0; i < need_count; i++) {
    needs[i] =
        (struct issuing_need){bg_bytes_of(decision->needs[i].group), decision->needs[i].count};
  }
  const struct issuing_match match = {issuing,   needs,  need_count, bg_bytes_of(subject),
                                      person_of, people, count};
  issuing_match(&match, missing);
  for (size_t i = 0; i < need_count; i++) {
    approved = approved && missing[i] == 0;
  }
  if (ret_missing != NULL) {
    memcpy(ret_missing, missing, sizeof missing);
  }
  return approved;
}
