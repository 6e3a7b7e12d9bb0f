/* SPDX-License-Identifier: BSD-2-Clause */
/* The entry points: each collects what PAM knows, asks the gate, and maps its
 * answer. None ever returns PAM_IGNORE, and none succeeds but by the gate's word. */
#include <config.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "breakglass/text.h"
#include "conversation.h"

#define ENTRY __attribute__((visibility("default")))
#define GATE_DATA "breakglass.gate"
#define GRANT_DATA "breakglass.grant"
#define GRANT_VARIABLE "BREAKGLASS_GRANT"

static void free_gate(pam_handle_t *pamh, void *data, int status) {
  (void)pamh, (void)status;
  bg_gate_free(data);
}

static void free_text(pam_handle_t *pamh, void *data, int status) {
  (void)pamh, (void)status;
  free(data);
}

/* One gate a transaction and process. Takes no arguments: what steers the gate
 * is policy, and an argument that is not understood must not pass unnoticed. */
static struct bg_gate *gate_of(pam_handle_t *pamh, int argc) {
  const void *known = NULL;
  if (argc > 0) {
    pam_syslog(pamh, LOG_ERR, "denied: the module takes no arguments");
    return NULL;
  }
  if (pam_get_data(pamh, GATE_DATA, &known) == PAM_SUCCESS && known != NULL) {
    return (struct bg_gate *)(uintptr_t)known;
  }
  struct bg_gate *gate = bg_gate_new();
  if (gate != NULL && pam_set_data(pamh, GATE_DATA, gate, free_gate) != PAM_SUCCESS) {
    bg_gate_free(gate);
    gate = NULL;
  }
  if (gate == NULL) {
    pam_syslog(pamh, LOG_CRIT, "denied: out of memory");
  }
  return gate;
}

/* Every refusal: the kernel acknowledges audit records that nobody will read. */
static void log_denial(pam_handle_t *pamh, const struct bg_gate *gate, enum bg_error err) {
  const char *code = bg_refusal_code(err);
  pam_syslog(pamh, LOG_NOTICE, "denied: %s: %s (ref %s)%s%s", code != NULL ? code : "error",
             bg_strerror(err), bg_gate_reference(gate),
             bg_gate_complaint(gate)[0] != '\0' ? ": " : "", bg_gate_complaint(gate));
}

static int answer(pam_handle_t *pamh, const struct bg_gate *gate, enum bg_error err, int denial) {
  if (err == BG_OK) {
    return PAM_SUCCESS;
  }
  log_denial(pamh, gate, err);
  return denial;
}

ENTRY int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv) {
  (void)argv;
  struct bg_gate *gate = gate_of(pamh, argc);
  if (gate == NULL) {
    return PAM_AUTH_ERR;
  }
  const char *user = NULL;
  if (pam_get_user(pamh, &user, NULL) != PAM_SUCCESS) {
    return PAM_AUTH_ERR;
  }
  struct bg_login login = conversation_login(pamh, flags);
  char variable[sizeof GRANT_VARIABLE + BG_TOKEN_ID_HEX] = GRANT_VARIABLE "=";
  char grant_id[BG_TOKEN_ID_HEX] = "";
  enum bg_error err = bg_gate_authenticate(gate, &login, grant_id);
  if (err == BG_OK && grant_id[0] != '\0') {
    (void)strncat(variable, grant_id, sizeof variable - strlen(variable) - 1);
    if (pam_putenv(pamh, variable) != PAM_SUCCESS) {
      err = BG_ERR_NOMEM;
    }
  }
  if (err == BG_OK && bg_gate_complaint(gate)[0] != '\0') {
    pam_syslog(pamh, LOG_WARNING, "granted, but see to this: %s", bg_gate_complaint(gate));
  }
  return answer(pamh, gate, err, PAM_AUTH_ERR);
}

ENTRY int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv) {
  (void)argv;
  if (((unsigned)flags & PAM_DELETE_CRED) != 0) {
    return PAM_SUCCESS; /* gives nothing, and comes after the grant was closed */
  }
  struct bg_gate *gate = gate_of(pamh, argc);
  if (gate == NULL) {
    return PAM_CRED_ERR;
  }
  struct bg_login login = conversation_login(pamh, flags);
  return answer(pamh, gate, bg_gate_setcred(gate, &login), PAM_CRED_ERR);
}

ENTRY int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv) {
  (void)argv;
  struct bg_gate *gate = gate_of(pamh, argc);
  if (gate == NULL) {
    return PAM_PERM_DENIED;
  }
  struct bg_login login = conversation_login(pamh, flags);
  return answer(pamh, gate, bg_gate_account(gate, &login), PAM_PERM_DENIED);
}

/* pam_systemd gives the session's scope this limit. */
static int limit_runtime(pam_handle_t *pamh, int64_t seconds) {
  char *text = NULL;
  if (asprintf(&text, "%lld", (long long)seconds) < 0) {
    return PAM_BUF_ERR;
  }
  int result = pam_set_data(pamh, "systemd.runtime_max_sec", text, free_text);
  if (result != PAM_SUCCESS) {
    free(text);
  }
  return result;
}

/* From here on the grant is held by this process: the environment can be
 * overwritten by later modules. */
static int hold_grant(pam_handle_t *pamh, const char *grant_id) {
  char *held = strdup(grant_id);
  int result = held != NULL ? pam_set_data(pamh, GRANT_DATA, held, free_text) : PAM_BUF_ERR;
  if (result != PAM_SUCCESS) {
    free(held);
  }
  return result;
}

static void tell_deadline(pam_handle_t *pamh, int flags, int64_t seconds) {
  char left[32];
  char until[BG_TIME_TEXT_SIZE];
  bg_format_duration(seconds, sizeof left, left);
  bg_format_time(bg_clock_now() + seconds, until);
  if (!conversation_is_silent(flags)) {
    (void)pam_info(pamh,
                   "breakglass: this session is recorded and ends in %s, at %s. The host is "
                   "tainted and will be replaced.",
                   left, until);
  }
}

ENTRY int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv) {
  (void)argv;
  struct bg_gate *gate = gate_of(pamh, argc);
  if (gate == NULL) {
    return PAM_SESSION_ERR;
  }
  struct bg_login login = conversation_login(pamh, flags);
  char grant_id[BG_TOKEN_ID_HEX];
  int64_t seconds;
  enum bg_error err = bg_gate_open(gate, &login, grant_id, &seconds);
  if (err != BG_OK || grant_id[0] == '\0') {
    return answer(pamh, gate, err, PAM_SESSION_ERR);
  }
  if (seconds <= 0 || limit_runtime(pamh, seconds) != PAM_SUCCESS ||
      hold_grant(pamh, grant_id) != PAM_SUCCESS) {
    (void)!bg_gate_close(gate, grant_id, false);
    return answer(pamh, gate, BG_REFUSED_STATE_FAILED, PAM_SESSION_ERR);
  }
  tell_deadline(pamh, flags, seconds);
  return PAM_SUCCESS;
}

ENTRY int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv) {
  (void)flags, (void)argv;
  struct bg_gate *gate = gate_of(pamh, argc);
  const void *grant_id = NULL;
  if (gate == NULL) {
    return PAM_SESSION_ERR;
  }
  if (pam_get_data(pamh, GRANT_DATA, &grant_id) != PAM_SUCCESS || grant_id == NULL) {
    return PAM_SUCCESS; /* exempt, or inside a session: nothing was opened here */
  }
  enum bg_error err = bg_gate_close(gate, grant_id, true);
  /* Somebody else closed it first, and wrote the event. */
  return answer(pamh, gate, err == BG_ERR_NOT_FOUND ? BG_OK : err, PAM_SESSION_ERR);
}

ENTRY int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv) {
  (void)flags, (void)argc, (void)argv;
  pam_syslog(pamh, LOG_NOTICE, "denied: nothing is ever changed on this host");
  return PAM_AUTHTOK_ERR;
}
