/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether people are enough. Somebody who is in two groups may be wanted in either, so taking
 * people as they come can fail where another assignment succeeds: each need is as many slots as
 * it has people to find, and the slots are matched by augmenting paths, which is exact. */
#include <config.h>

#include <string.h>

#include "issuing.h"

#define NOBODY SIZE_MAX

struct slots { /* at most 4 people are needed in all */
  const struct issuing_match *match;
  size_t need[BG_NEEDS_MAX];
  size_t person[BG_NEEDS_MAX]; /* index, or NOBODY */
  size_t count;
};

static struct bg_bytes person_at(const struct issuing_match *match, size_t index) {
  return match->person(match->people, index);
}

/* The subject counts for nothing, a person who is named twice only once. */
static bool counts(const struct issuing_match *match, size_t index) {
  struct bg_bytes person = person_at(match, index);
  bool first = !bg_bytes_equal(person, match->subject);
  for (size_t i = 0; i < index && first; i++) {
    first = !bg_bytes_equal(person_at(match, i), person);
  }
  return first;
}

static bool fits(const struct issuing_match *match, size_t need, size_t index) {
  const struct issuing_group *group =
      issuing_group_find(&match->issuing->people, match->needs[need].group);
  return group != NULL && issuing_list_has(group->value.text, person_at(match, index)) &&
         counts(match, index);
}

static size_t slot_of(const struct slots *slots, size_t person) {
  size_t slot = 0;
  while (slot < slots->count && slots->person[slot] != person) {
    slot++;
  }
  return slot;
}

/* Finds somebody for the slot, if need be by finding somebody else for another; seen has a bit
 * for each slot that was asked already, so this goes at most as deep as there are slots. */
static bool fill(struct slots *slots, size_t slot, unsigned *seen) {
  *seen |= 1U << slot;
  for (size_t i = 0; i < slots->match->count; i++) {
    if (!fits(slots->match, slots->need[slot], i)) {
      continue;
    }
    size_t other = slot_of(slots, i);
    if (other == slots->count || ((*seen >> other & 1U) == 0 && fill(slots, other, seen))) {
      slots->person[slot] = i;
      return true;
    }
  }
  return false;
}

void issuing_match(const struct issuing_match *match, unsigned ret_missing[static BG_NEEDS_MAX]) {
  struct slots slots = {.match = match};
  memset(ret_missing, 0, BG_NEEDS_MAX * sizeof ret_missing[0]);
  for (size_t need = 0; need < match->need_count; need++) {
    for (unsigned i = 0; i < match->needs[need].count && slots.count < BG_NEEDS_MAX; i++) {
      slots.need[slots.count] = need;
      slots.person[slots.count++] = NOBODY;
    }
  }
  for (size_t slot = 0; slot < slots.count; slot++) {
    unsigned seen = 0;
    if (!fill(&slots, slot, &seen)) {
      ret_missing[slots.need[slot]]++;
    }
  }
}
