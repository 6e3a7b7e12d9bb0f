/* SPDX-License-Identifier: BSD-2-Clause */
/* agent.conf(5): where a host's events go over the network, and what else its agent does; read from
 * the vendor's and the admin's files, each key overriding. Reaches core, and what policy/ shares
 * between its readers. */
#ifndef BREAKGLASS_AGENT_CONF_H
#define BREAKGLASS_AGENT_CONF_H

#include "breakglass/policy.h"

#define BG_AGENT_URL_SIZE 512
#define BG_AGENT_PATH_SIZE 256
#define BG_AGENT_SUBJECT_SIZE 129
#define BG_AGENT_EVERY_MIN 60
#define BG_AGENT_EVERY_MAX 43200 /* a list is good for twice that */
#define BG_AGENT_SPOOL_MIN (INT64_C(1) << 20)
#define BG_AGENT_NATS_SUBJECT_SIZE (BG_AGENT_SUBJECT_SIZE + BG_NAME_SIZE)

struct bg_agent_conf {
  struct {
    char url[BG_AGENT_URL_SIZE]; /* https://, or http:// to this machine; empty: off */
    char ca[BG_AGENT_PATH_SIZE]; /* PEM; empty: the system's authorities */
  } webhook;
  struct {
    char url[BG_AGENT_URL_SIZE];          /* tls://, or nats:// to this machine; empty: off */
    char host[BG_AGENT_URL_SIZE];         /* of the url, without brackets */
    char subject[BG_AGENT_SUBJECT_SIZE];  /* without the host */
    char ca[BG_AGENT_PATH_SIZE];          /* PEM; empty: the system's authorities */
    char credentials[BG_AGENT_PATH_SIZE]; /* .creds file; empty: none */
  } nats;
  struct {
    int64_t polite; /* seconds; both 0: hosts may grow old, or 0 < polite <= forced <= INT32_MAX */
    int64_t forced;
    enum bg_level level; /* of one that has lived long enough */
  } lifetime;
  struct {
    char textfile[BG_AGENT_PATH_SIZE]; /* a folder; empty: off */
  } metrics;
  struct {
    char url[BG_AGENT_URL_SIZE]; /* of the signing service, https:// and no path; empty: off */
    char ca[BG_AGENT_PATH_SIZE]; /* PEM; empty: the system's authorities */
    int64_t every;               /* seconds: BG_AGENT_EVERY_MIN to _MAX */
  } revocations;
  struct {
    int64_t limit; /* bytes that the events may take of the disk: BG_AGENT_SPOOL_MIN to INT64_MAX;
                      0: no bound */
  } spool;
};

/* Reads all files of bg_paths(), or only the named one (owned by root or the caller). All problems
 * are reported with file and line (on_problem may be NULL); BG_REFUSED_CONFIG if there is any.
 * ret_conf is a heap copy to be freed with free(). BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error bg_agent_conf_load(const char *file, bg_conf_problem_fn *on_problem,
                                             void *context, struct bg_agent_conf **ret_conf);

/* The subject that a host's events have: its id behind the configured one, as one token, with _ for
 * each byte that cannot be in one: dots, blanks, * and >. */
void bg_agent_nats_subject(const struct bg_agent_conf *conf, const char *host_id,
                           char ret_subject[static BG_AGENT_NATS_SUBJECT_SIZE]);

#endif
