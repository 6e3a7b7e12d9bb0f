/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "lifetime.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "born.h"
#include "breakglass/paths.h"
#include "say.h"
#include "traces.h"
#include "turnover.h"

#define KEY_MAX 200
#define LINE_SIZE 512
#define NEVER (-1)
#define ALREADY "it has an event or a taint already"

struct lifetime {
  struct lifetime_config config;
  struct turnover ages; /* this host's */
  struct born born;
  enum bg_level recorded;  /* of its taints by age, as far as this process knows */
  int64_t kept;            /* when it was last tried to keep it on disk, CLOCK_BOOTTIME; or NEVER */
  bool changed;            /* by more than time since then */
  enum bg_error disk, run; /* how that went: a failure is told once */
};

__attribute__((format(printf, 2, 3))) static void tell(const struct lifetime *lifetime,
                                                       const char *format, ...) {
  char line[LINE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (lifetime->config.log != NULL) {
    lifetime->config.log(line);
  }
}

static enum bg_level higher(enum bg_level one, enum bg_level other) {
  return one > other ? one : other;
}

static bool is_key(const char *key) {
  size_t len = strlen(key);
  return len > 0 && len <= KEY_MAX && bg_text_is_clean(bg_bytes_of(key));
}

static enum bg_error configure(struct lifetime *lifetime, const struct lifetime_config *config) {
  const struct turnover policy = {.polite = config->polite, .forced = config->forced};
  if (config->event_key != NULL && !is_key(config->event_key)) {
    return BG_ERR_RANGE;
  }
  lifetime->config = *config;
  if (config->level == BG_LEVEL_NONE) {
    lifetime->config.level = BG_LEVEL_REFRESH;
  }
  return turnover_of(&policy, config->host->id, &lifetime->ages);
}

static void tell_recovered(const struct lifetime *lifetime, enum bg_error why,
                           const char *witness) {
  char age[32];
  bg_format_duration(lifetime->born.age.seconds, sizeof age, age);
  if (witness != NULL) {
    tell(lifetime, "%s: %s; by its oldest %s the host is %s old", bg_paths()->born,
         bg_strerror(why), witness, age);
  } else {
    tell(lifetime,
         "%s: %s; nothing tells how old the host is: counted anew, from the start of this boot",
         bg_paths()->born, bg_strerror(why));
  }
}

/* What it was is not known: it is not said to be new. */
static void recover(struct lifetime *lifetime, const struct clocks *clocks,
                    const struct traces *traces, enum bg_error why) {
  int64_t event = traces->oldest_event_time;
  int64_t oldest = event > 0 ? event : traces_oldest_file();
  lifetime->born = (struct born){.age = age_recover(clocks, oldest),
                                 .fresh = traces->fresh ? FRESH_SAID : FRESH_NEVER,
                                 .level = traces->aged};
  tell_recovered(lifetime, why, event > 0 ? "event" : oldest > 0 ? "file" : NULL);
}

static void begin(struct lifetime *lifetime, const struct clocks *clocks, enum bg_error why) {
  struct traces traces = {0};
  enum bg_error err = traces_of_events(clocks->boot_id, &traces);
  if (err != BG_OK) {
    tell(lifetime, "%s: %s", bg_paths()->events, bg_strerror(err));
  }
  bool first = why == BG_ERR_NOT_FOUND && err == BG_OK && !traces.earlier_boot &&
               traces_first_boot(clocks->boot_id);
  if (first) {
    lifetime->born = (struct born){.age = age_begin(clocks), .fresh = FRESH_DUE};
  } else {
    recover(lifetime, clocks, &traces, why);
  }
}

static void recall(struct lifetime *lifetime, const struct clocks *clocks) {
  enum bg_error disk = BG_ERR_NOT_FOUND;
  struct age *age = &lifetime->born.age;
  lifetime->kept = NEVER;
  if (born_read(&lifetime->born, &disk) != BG_OK) {
    begin(lifetime, clocks, disk);
    return;
  }
  if (disk == BG_OK && strcmp(age->boot_id, clocks->boot_id) == 0) {
    lifetime->kept = age->at;
  } else if (disk != BG_OK && disk != BG_ERR_NOT_FOUND) {
    tell(lifetime, "%s: %s; this boot remembers what it said", bg_paths()->born, bg_strerror(disk));
  }
  age_count(age, clocks);
}

enum bg_error lifetime_open(const struct lifetime_config *config, struct lifetime **ret_lifetime) {
  struct clocks clocks;
  struct lifetime *lifetime = calloc(1, sizeof *lifetime);
  if (lifetime == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = configure(lifetime, config);
  if (err == BG_OK) {
    err = clocks_read(&clocks);
  }
  if (err != BG_OK) {
    free(lifetime);
    return err;
  }
  recall(lifetime, &clocks);
  *ret_lifetime = lifetime;
  return BG_OK;
}

/* A moment of the past may be before 1970 by a clock that was never set. */
static int64_t moment_of(const struct clocks *clocks, const struct age *age, int64_t wanted) {
  int64_t moment = clocks->now + wanted - age->seconds;
  return moment > 0 ? moment : 1;
}

static struct bg_lifetime describe(const struct lifetime *lifetime, const struct age *age,
                                   const struct clocks *clocks) {
  struct bg_lifetime described = {.born = age_born(age, clocks), .age = age->seconds};
  if (lifetime->ages.forced > 0) {
    described.polite = moment_of(clocks, age, lifetime->ages.polite);
    described.forced = moment_of(clocks, age, lifetime->ages.forced);
  }
  return described;
}

static void settle_fresh(struct lifetime *lifetime, enum fresh fresh) {
  lifetime->born.fresh = fresh;
  lifetime->changed = true;
}

static void try_fresh(struct lifetime *lifetime, const struct clocks *clocks) {
  const struct bg_lifetime said = describe(lifetime, &lifetime->born.age, clocks);
  enum bg_error err = say_fresh(&lifetime->config, &said, clocks->now);
  if (err == BG_OK) {
    settle_fresh(lifetime, FRESH_SAID);
  } else if (err == BG_ERR_EXISTS) { /* an event came between: it is found at the next look */
    tell(lifetime, "the host is not said to be new: %s", ALREADY);
  } else {
    tell(lifetime, "that the host is new could not be recorded: %s", bg_strerror(err));
  }
}

static void forgo_fresh(struct lifetime *lifetime, const char *why) {
  tell(lifetime, "the host is not said to be new: %s", why);
  settle_fresh(lifetime, FRESH_NEVER);
}

/* Once in a host's life. Whoever was killed behind the event finds it in the store; whoever finds
 * anything else there does not know what the host was before that. */
static void look_fresh(struct lifetime *lifetime, const struct clocks *clocks) {
  struct traces traces;
  if (lifetime->born.fresh != FRESH_DUE) {
    return;
  }
  enum bg_error err = traces_of_events(clocks->boot_id, &traces);
  if (err != BG_OK) {
    tell(lifetime, "%s: %s; whether the host is new is not known yet", bg_paths()->events,
         bg_strerror(err));
  } else if (traces.fresh) {
    settle_fresh(lifetime, FRESH_SAID);
  } else if (traces.any_event || traces.tainted) {
    forgo_fresh(lifetime, ALREADY);
  } else if (strcmp(lifetime->born.age.first_boot, clocks->boot_id) != 0) {
    forgo_fresh(lifetime, "its first boot ended before it was");
  } else {
    try_fresh(lifetime, clocks);
  }
}

/* What is asked for by the policy of now, and was by any before. */
static enum bg_level wanted_level(const struct lifetime *lifetime) {
  return higher(lifetime->config.level, lifetime->born.level);
}

static bool is_due(const struct lifetime *lifetime) {
  return lifetime->ages.forced > 0 && lifetime->recorded < wanted_level(lifetime);
}

static void settle_old(struct lifetime *lifetime, enum bg_level recorded) {
  lifetime->recorded = higher(lifetime->recorded, recorded);
  if (lifetime->recorded > lifetime->born.level) {
    lifetime->born.level = lifetime->recorded;
    lifetime->changed = true;
  }
}

static void try_old(struct lifetime *lifetime, const struct clocks *clocks) {
  const struct bg_lifetime said = describe(lifetime, &lifetime->born.age, clocks);
  const enum bg_level level = wanted_level(lifetime);
  enum bg_error err = say_old(&lifetime->config, level, &said, clocks->now);
  if (err == BG_OK) {
    settle_old(lifetime, level);
  } else {
    tell(lifetime, "that the host has lived long enough could not be recorded: %s",
         bg_strerror(err));
  }
}

/* Once for each level: a policy of today that asks for more than that of yesterday gets it. What
 * was recorded the store says: the event of one who was killed behind it is there, one that waited
 * on run/ in a boot that broke off is not. Where it cannot be read, the record says. */
static void look_old(struct lifetime *lifetime, const struct clocks *clocks) {
  struct traces traces = {0};
  if (!is_due(lifetime) || lifetime->born.age.seconds < lifetime->ages.polite) {
    return;
  }
  enum bg_error err = traces_of_events(clocks->boot_id, &traces);
  settle_old(lifetime, err == BG_OK ? traces.aged : lifetime->born.level);
  if (is_due(lifetime)) {
    try_old(lifetime, clocks);
  }
}

static void tell_failure(const struct lifetime *lifetime, const char *path, enum bg_error before,
                         enum bg_error err) {
  if (err != BG_OK && err != before) {
    tell(lifetime, "%s: %s; the host's age is not kept there for now", path, bg_strerror(err));
  }
}

/* First on run/: a disk that hangs holds up nothing that it does not have to. */
static void keep(struct lifetime *lifetime) {
  enum bg_error run = born_write_run(&lifetime->born);
  tell_failure(lifetime, bg_paths()->run_born, lifetime->run, run);
  lifetime->run = run;
  enum bg_error disk = born_write_disk(&lifetime->born);
  tell_failure(lifetime, bg_paths()->born, lifetime->disk, disk);
  lifetime->disk = disk;
  lifetime->kept = lifetime->born.age.at;
  lifetime->changed = false;
}

static bool is_keeping_due(const struct lifetime *lifetime) {
  return lifetime->changed || lifetime->kept == NEVER ||
         lifetime->born.age.at - lifetime->kept >= LIFETIME_STEP;
}

/* At the polite age itself, if no other look is due before. */
static int64_t next_look(const struct lifetime *lifetime) {
  int64_t left = lifetime->ages.polite - lifetime->born.age.seconds;
  bool soon = is_due(lifetime) && left >= LIFETIME_STEP && left < 2 * LIFETIME_STEP;
  return (lifetime->born.age.at + (soon ? left : LIFETIME_STEP)) * 1000;
}

int64_t lifetime_look(struct lifetime *lifetime) {
  struct clocks clocks;
  enum bg_error err = clocks_read(&clocks);
  if (err != BG_OK) {
    tell(lifetime, "the boot's id cannot be read: %s; the host's age is not looked at",
         bg_strerror(err));
    return (bg_clock_boottime() + LIFETIME_STEP) * 1000;
  }
  age_count(&lifetime->born.age, &clocks);
  if (lifetime->kept == NEVER) { /* that this is the first boot, before anything is said of it */
    keep(lifetime);
  }
  look_fresh(lifetime, &clocks);
  look_old(lifetime, &clocks);
  if (is_keeping_due(lifetime)) {
    keep(lifetime);
  }
  return next_look(lifetime);
}

enum bg_error lifetime_show(const struct lifetime *lifetime, struct lifetime_state *ret_state) {
  struct clocks clocks;
  enum bg_error err = clocks_read(&clocks);
  if (err != BG_OK) {
    return err;
  }
  struct age age = lifetime->born.age;
  age_count(&age, &clocks);
  const struct bg_lifetime now = describe(lifetime, &age, &clocks);
  *ret_state = (struct lifetime_state){.age = now.age,
                                       .born = now.born,
                                       .polite = now.polite,
                                       .forced = now.forced,
                                       .clock_counts = clocks_count(&clocks),
                                       .said_fresh = lifetime->born.fresh == FRESH_SAID,
                                       .level = lifetime->born.level};
  return BG_OK;
}

void lifetime_close(struct lifetime *lifetime) {
  struct clocks clocks;
  if (lifetime == NULL) {
    return;
  }
  if (clocks_read(&clocks) == BG_OK) {
    age_count(&lifetime->born.age, &clocks);
    keep(lifetime);
  }
  free(lifetime);
}
