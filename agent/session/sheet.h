/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done for sessions of which nothing is left, and may wait for a disk or for the store's
 * lock: jobs of cron, the audit record, the closed event. Copies of the sessions go in, results
 * come back with them. Reaches cron.h and what sessions.h names. */
#ifndef BREAKGLASS_AGENT_SHEET_H
#define BREAKGLASS_AGENT_SHEET_H

#include "sessions.h"

#define ENTRY_NAME_SIZE 384

/* One session of which nothing is left, and how far what remains to be done has come. */
struct entry {
  char id[BG_TOKEN_ID_HEX];
  char name[ENTRY_NAME_SIZE]; /* for the log */
  struct bg_grant grant;
  enum bg_ending ending;
  bool has_uid; /* of its login */
  uid_t uid;
  bool by_us;      /* its closed event is certainly ours */
  bool by_nobody;  /* its owner is gone, and has closed it: ours if the store knows of none */
  bool is_cleaned; /* in and out, as those that follow */
  bool is_audited;
  bool is_recorded;
};

/* Each is done by itself: the store of events holds up nothing that would run later. */
enum sheet_work { SHEET_CLEANS, SHEET_RECORDS, SHEET_WORKS };

struct sheet {
  enum sheet_work work;
  struct sessions_config config; /* with a host of the sheet's own */
  struct bg_host host;
  char *id; /* that host's, as are the groups */
  char (*groups)[BG_NAME_SIZE];
  bool closes_lost;         /* sessions_close_lost(), when all else is done */
  bool more_lost;           /* out */
  enum bg_error lost_error; /* out */
  size_t count;
  struct entry entries[];
};

/* With that many entries, all zero. NULL: no memory. Free with sheet_free(), which takes NULL. */
struct sheet *sheet_new(enum sheet_work work, const struct sessions_config *config, size_t count);
void sheet_free(struct sheet *sheet);

/* Does it for all that are on it. Waits as long as the disk and the lock need. */
void sheet_do(struct sheet *sheet);

#endif
