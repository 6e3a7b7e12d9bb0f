/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "gate_internal.h"

bool gate_is_ssh(const struct bg_login *login) {
  return strcmp(login->service, "sshd") == 0;
}

struct search {
  const char *user;
  bool found;
};

static bool is_open_for(void *context, const struct bg_grant *grant) {
  struct search *search = context;
  search->found = grant != NULL && grant->state == BG_GRANT_OPEN &&
                  grant->session.deadline_boottime > bg_clock_boottime() &&
                  strcmp(grant->session.login, search->user) == 0;
  return !search->found;
}

/* pam_systemd starts the person's manager while their session opens. */
static bool is_manager_of_session(const struct bg_login *login) {
  struct search search = {.user = login->user};
  return strcmp(login->service, "systemd-user") == 0 &&
         bg_grants_each(is_open_for, &search) == BG_OK && search.found;
}

/* The user of su is its target, so an exemption would let any local process become
 * that user: among these services it holds for root alone (jobs that use su). */
static bool is_exempt(const struct bg_gate *gate, const struct bg_login *login) {
  bool by_name = bg_policy_exempts(gate->policy, login->service, login->user);
  bool changes_user = bg_policy_is_session_service(gate->policy, login->service);
  return by_name && (!changes_user || getuid() == 0);
}

enum gate_route gate_route(const struct bg_gate *gate, const struct bg_login *login) {
  if (login->service == NULL || login->user == NULL || login->user[0] == '\0') {
    return ROUTE_DENIED;
  }
  if (is_exempt(gate, login) || is_manager_of_session(login)) {
    return ROUTE_EXEMPT;
  }
  if (bg_policy_is_session_service(gate->policy, login->service)) {
    return ROUTE_IN_SESSION;
  }
  bool takes_token = gate_is_ssh(login) || strcmp(login->service, "login") == 0;
  return takes_token ? ROUTE_TOKEN : ROUTE_DENIED;
}
