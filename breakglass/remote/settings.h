/* SPDX-License-Identifier: BSD-2-Clause */
/* A person's settings: which signing service, trusted how, spoken to with which key. */
#ifndef BREAKGLASS_REMOTE_SETTINGS_H
#define BREAKGLASS_REMOTE_SETTINGS_H

#include "breakglass/trusted_signers.h"

#define SETTINGS_PATH_SIZE 512
#define SETTINGS_HOSTS_MAX 512

struct settings_host {
  char name[BG_NAME_SIZE]; /* as ssh is told */
  char id[BG_NAME_SIZE];
};

struct settings {
  char file[SETTINGS_PATH_SIZE]; /* where these stand, whether it exists or not */
  char url[SETTINGS_PATH_SIZE];  /* "https://HOST[:PORT]" or "unix:PATH"; empty: not said */
  char issuer[BG_NAME_SIZE];
  char ca[SETTINGS_PATH_SIZE]; /* empty: the system's */
  char key[SETTINGS_PATH_SIZE];
  char trusted_signers[SETTINGS_PATH_SIZE];
  int64_t longest_wait; /* seconds that an approver lets a request wait */
  struct settings_host *hosts;
  size_t host_count;
};

/* What stands on the command line counts more; NULL: nothing does. */
struct settings_options {
  const char *server;
  const char *ca;
  const char *key;
  bool only_reads;   /* what is nobody's secret: neither issuer nor key is needed */
  bool without_file; /* the command line says it all; the person's file is not looked at */
};

/* Reads the person's file; one that is missing is empty. Answers CLI_OK, or after
 * saying all that is wrong CLI_USAGE. Free with settings_free() in any case. */
int settings_load(const struct settings_options *options, struct settings *ret_settings);
void settings_free(struct settings *settings);

/* The host id that an ssh name stands for: the name itself without an entry. */
const char *settings_host_id(const struct settings *settings, const char *name);

/* "https://HOST[:PORT]", or "unix:" and an absolute path. */
bool settings_is_server(const char *text);

#endif
