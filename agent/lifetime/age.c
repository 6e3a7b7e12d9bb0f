/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "age.h"

#include <string.h>

#include "breakglass/run_state.h"

enum bg_error clocks_read(struct clocks *ret_clocks) {
  struct clocks clocks = {
      .now = bg_clock_now(), .boottime = bg_clock_boottime(), .mark = bg_mark_read()};
  enum bg_error err = bg_boot_id(clocks.boot_id);
  if (err == BG_OK) {
    *ret_clocks = clocks;
  }
  return err;
}

/* A mark that cannot be read is later than any clock. */
bool clocks_count(const struct clocks *clocks) {
  return clocks->now >= clocks->mark;
}

static void reach(struct age *age, int64_t seconds) {
  seconds = seconds < AGE_MAX ? seconds : AGE_MAX;
  age->seconds = seconds > age->seconds ? seconds : age->seconds;
}

static bool is_boot(const char *boot_id, const struct clocks *clocks) {
  return strcmp(boot_id, clocks->boot_id) == 0;
}

/* Of a boot before this one only what was counted last is known; of this one all. */
static void count_running(struct age *age, const struct clocks *clocks) {
  int64_t since = is_boot(age->boot_id, clocks) ? age->at : 0;
  reach(age, age->seconds + clocks->boottime - since);
  memcpy(age->boot_id, clocks->boot_id, sizeof age->boot_id);
  age->at = clocks->boottime;
}

/* In the first boot the clock may still be wrong, and be set right later in it. The latest moment
 * is kept: too late a birth leaves the host's running time to count, too early a one would make
 * all of a fleet old that was made with slow clocks. */
static void learn_birth(struct age *age, const struct clocks *clocks) {
  int64_t born = clocks->now - age->seconds;
  if (is_boot(age->first_boot, clocks) && born > age->born) {
    age->born = born;
  }
}

void age_count(struct age *age, const struct clocks *clocks) {
  count_running(age, clocks);
  if (!clocks_count(clocks)) {
    return;
  }
  learn_birth(age, clocks);
  if (age->born > 0) {
    reach(age, clocks->mark - age->born);
  }
}

struct age age_begin(const struct clocks *clocks) {
  struct age age = {0};
  memcpy(age.first_boot, clocks->boot_id, sizeof age.first_boot);
  age_count(&age, clocks);
  return age;
}

struct age age_recover(const struct clocks *clocks, int64_t oldest) {
  struct age age = {.born = oldest};
  bool late = clocks->mark > clocks->now && clocks->mark < BG_TIME_MAX;
  age_count(&age, clocks);
  if (oldest > 0) {
    reach(&age, (late ? clocks->mark : clocks->now) - oldest);
  }
  return age;
}

int64_t age_born(const struct age *age, const struct clocks *clocks) {
  int64_t born = clocks->now - age->seconds;
  return born > 0 ? born : 1;
}
