/* SPDX-License-Identifier: BSD-2-Clause */
/* gate.conf(5): the host's policy, read from its vendor and admin files, each
 * key overriding. Reaches core, verify.h. */
#ifndef BREAKGLASS_POLICY_H
#define BREAKGLASS_POLICY_H

#include "breakglass/verify.h"

#define BG_EXEMPT_MAX 64
#define BG_SERVICES_MAX 16
#define BG_SERVICE_NAME_SIZE 33
#define BG_HELP_SIZE 201
#define BG_CONF_FILE_MAX 65536
#define BG_CONF_LINE_MAX 1024

struct bg_exempt {
  char service[BG_SERVICE_NAME_SIZE];
  char user[BG_NAME_SIZE]; /* "*" for everybody */
};

struct bg_policy {
  /* [gate]; mode is always enforce in this version */
  struct bg_exempt exempt[BG_EXEMPT_MAX];
  size_t exempt_count;
  char session_services[BG_SERVICES_MAX][BG_SERVICE_NAME_SIZE];
  size_t session_service_count;
  char help[BG_HELP_SIZE]; /* how to get a token: shown with a refusal */
  /* [host] */
  char host_id[BG_NAME_SIZE]; /* resolved; empty only where bg_policy_read() says so */
  char groups[BG_GROUPS_MAX][BG_NAME_SIZE];
  size_t group_count;
  /* [token] */
  struct bg_token_policy token;
  /* [session] */
  int64_t longest_session; /* seconds */
  bool tty_audit;
  /* [taint] */
  enum bg_level level;
  bool durability_required;
  bool ack_delivered;      /* a login waits for a sink other than the journal, */
  int64_t ack_timeout;     /* so many seconds */
  int64_t longest_tainted; /* seconds */
  /* The journal is always a sink. */
  bool sink_exec, sink_webhook, sink_nats;
  /* [audit] */
  bool audit_required;
};

/* A problem of the configuration; file is one of the files read. */
struct bg_conf_problem {
  const char *file;
  unsigned line; /* 0: the whole file */
  char text[200];
};
typedef void bg_conf_problem_fn(void *context, const struct bg_conf_problem *problem);

/* Reads all files of bg_paths(), or only the named one if file is not NULL (a
 * caller's own, owned by root or the caller). All problems are reported
 * (on_problem may be NULL). BG_REFUSED_CONFIG if there is any. ret_policy is a
 * heap copy to be freed with free(). */
BG_MUST_USE enum bg_error bg_policy_load(const char *file, bg_conf_problem_fn *on_problem,
                                         void *context, struct bg_policy **ret_policy);

/* A key as it counts, for people to see. */
struct bg_setting {
  const char *section;
  const char *key;
  struct bg_bytes value; /* as written */
  const char *file;      /* NULL: the default */
  unsigned line;
};
typedef void bg_setting_fn(void *context, const struct bg_setting *setting);

/* How to read, beyond what bg_policy_load() does. The functions may be NULL. */
struct bg_policy_reading {
  const char *file; /* as for bg_policy_load() */
  bool image;       /* an image, not a host yet */
  bool lenient;     /* with BG_REFUSED_CONFIG, too, ret_policy is what could be read */
  bg_conf_problem_fn *on_problem;
  bg_setting_fn *on_setting; /* called for every key, wrong ones too */
  void *context;
};
/* bg_policy_load() for the command line; never for a decision to let somebody in where
 * lenient: host_id is empty, and level and durations are 0, if they could not be read. In an image
 * the host's id is not resolved, and a caller's own file need not have one: host_id is empty then,
 * unless it is a literal. */
BG_MUST_USE enum bg_error bg_policy_read(const struct bg_policy_reading *reading,
                                         struct bg_policy **ret_policy);

/* Whether service and user are exempt by name. */
bool bg_policy_exempts(const struct bg_policy *policy, const char *service, const char *user);
bool bg_policy_is_session_service(const struct bg_policy *policy, const char *service);

#endif
