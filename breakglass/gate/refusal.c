/* SPDX-License-Identifier: BSD-2-Clause */
/* A refusal: recorded with its reason, and told in one line. */
#include <config.h>

#include <sodium.h>
#include <string.h>

#include "breakglass/run_state.h"
#include "gate_internal.h"

#define LINE_SIZE 512

static void new_reference(char ret_reference[static REFERENCE_SIZE]) {
  uint8_t bytes[(REFERENCE_SIZE - 1) / 2];
  randombytes_buf(bytes, sizeof bytes);
  bg_hex(bg_bytes(bytes, sizeof bytes), ret_reference);
}

/* Pasted at the login prompt it would stand in the log, ready to be used. */
static bool is_token(const char *user) {
  return user != NULL && strncmp(user, BG_TOKEN_PREFIX, strlen(BG_TOKEN_PREFIX)) == 0;
}

static void record_refusal(const struct bg_gate *gate, const struct bg_login *login,
                           const struct gate_refusal *refusal) {
  struct bg_audit_record record = {
      .operation = "refused",
      .reason_code = bg_refusal_code(refusal->code),
      .reference = gate->reference,
      .login = is_token(login->user) ? "(a token)" : login->user,
      .service = login->service,
      .source = refusal->source,
      .session = refusal->session,
      .audit_session = BG_NO_AUDIT_SESSION,
  };
  int audit = -1;
  /* Denied already: a record that cannot be written changes nothing. */
  if (bg_audit_open(&audit) == BG_OK) {
    (void)!bg_audit_write(audit, &record);
    bg_audit_close(audit);
  }
}

/* The client tries three times, so a text of the auth step would be shown three
 * times. What the person types anew deserves an answer of its own. */
static bool was_told(struct bg_gate *gate, const struct bg_login *login,
                     const struct gate_refusal *refusal) {
  struct bg_process connection;
  bool is_answer = refusal->answered && refusal->trusted;
  return refusal->repeats && login->service != NULL && gate_is_ssh(login) && !is_answer &&
         gate_owner(gate, login, &connection) == BG_OK && bg_told_before(&connection);
}

static void put_challenge(struct bg_buf *line) {
  struct bg_challenges challenges;
  if (bg_challenges_read(&challenges) == BG_OK && challenges.count > 0) {
    char hex[2 * BG_NONCE_SIZE + 1];
    bg_hex(bg_bytes(challenges.values[0], BG_NONCE_SIZE), hex);
    bg_buf_printf(line, " Challenge of this host: %s", hex);
  }
}

/* Before trusted signatures were seen, the person is a stranger and learns nothing
 * but how to ask. */
static void tell(const struct bg_gate *gate, const struct bg_login *login,
                 const struct gate_refusal *refusal) {
  char text[LINE_SIZE];
  struct bg_buf line = BG_BUF(text);
  const char *help = gate->policy != NULL ? gate->policy->help : "";
  bg_buf_printf(&line, "breakglass: refused (ref %s): %s.", gate->reference,
                refusal->trusted ? bg_strerror(refusal->code) : "this host is sealed");
  if (!refusal->trusted && help[0] != '\0') {
    bg_buf_printf(&line, " %s", help);
  }
  if (refusal->offers_challenge) {
    put_challenge(&line);
  }
  bg_buf_put_byte(&line, '\0');
  if (!line.failed && login->person.tell != NULL) {
    login->person.tell(login->person.context, text);
  }
}

enum bg_error gate_refuse(struct bg_gate *gate, const struct bg_login *login,
                          const struct gate_refusal *refusal) {
  new_reference(gate->reference);
  record_refusal(gate, login, refusal);
  if (!was_told(gate, login, refusal)) {
    tell(gate, login, refusal);
  }
  return refusal->code;
}

enum bg_error gate_refuse_plainly(struct bg_gate *gate, const struct bg_login *login,
                                  enum bg_error code) {
  struct gate_refusal refusal = {.code = code};
  return gate_refuse(gate, login, &refusal);
}
