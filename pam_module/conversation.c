/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "conversation.h"

#include <security/pam_ext.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* An answer may be of any length, and no answer at all: cut, and wiped. */
static enum bg_error ask(void *context, const char *prompt, size_t cap, char *ret_answer) {
  char *answer = NULL;
  int result = pam_prompt(context, PAM_PROMPT_ECHO_OFF, &answer, "%s", prompt);
  if (answer == NULL) {
    return BG_ERR_CONVERSATION;
  }
  size_t len = strlen(answer);
  size_t kept = len < cap ? len : cap - 1;
  if (result == PAM_SUCCESS) {
    memcpy(ret_answer, answer, kept);
    ret_answer[kept] = '\0';
  }
  sodium_memzero(answer, len);
  free(answer);
  return result == PAM_SUCCESS ? BG_OK : BG_ERR_CONVERSATION;
}

static void tell(void *context, const char *line) {
  (void)pam_info(context, "%s", line);
}

static const char *item(const pam_handle_t *pamh, int type) {
  const void *value = NULL;
  return pam_get_item(pamh, type, &value) == PAM_SUCCESS ? value : NULL;
}

bool conversation_is_silent(int flags) {
  return ((unsigned)flags & PAM_SILENT) != 0;
}

struct bg_login conversation_login(pam_handle_t *pamh, int flags) {
  return (struct bg_login){
      .service = item(pamh, PAM_SERVICE),
      .user = item(pamh, PAM_USER),
      .tty = item(pamh, PAM_TTY),
      .auth_info = pam_getenv(pamh, "SSH_AUTH_INFO_0"),
      .connection = pam_getenv(pamh, "SSH_CONNECTION"),
      .grant_id = pam_getenv(pamh, "BREAKGLASS_GRANT"),
      .person = {.context = pamh, .ask = ask, .tell = conversation_is_silent(flags) ? NULL : tell},
  };
}
