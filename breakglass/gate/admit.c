/* SPDX-License-Identifier: BSD-2-Clause */
/* From a token to a grant, in this order: verify, able to record, consume, taint,
 * acknowledged if the policy says so, record, grant. Tainting happens here and not in open_session,
 * because sshd keeps a connection alive whose open_session failed. */
#include <config.h>

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"
#include "evidence.h"
#include "revoked.h"

/* One login's way through the gate; large, so it lives on the heap. */
struct admission {
  struct bg_gate *gate;
  const struct bg_login *login;
  int64_t now, mark, epoch;
  int audit; /* -1 until the token is verified, and where there is none */
  struct evidence evidence;
  struct bg_trusted_signers signers;
  struct revoked revoked;
  struct bg_challenges challenges;
  struct bg_verdict verdict;
  struct bg_host host;
  enum bg_durability durability; /* of the taint */
  int64_t number;                /* its event's; 0: none yet */
  struct bg_grant grant;
};

static int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* Only once all else about the token is good: a stranger makes nobody read a large file. */
static const struct bg_revocations *read_revoked(void *context) {
  struct admission *admission = context;
  const int64_t now = bg_clock_now();
  const int64_t latest = now > admission->mark ? now : admission->mark;
  return gate_read_revoked(admission->gate, &admission->signers, latest, &admission->revoked);
}

static struct bg_verify_request request_of(struct admission *admission) {
  const struct bg_policy *policy = admission->gate->policy;
  const struct evidence *evidence = &admission->evidence;
  return (struct bg_verify_request){
      .token = evidence->token,
      .policy = &policy->token,
      .signers = &admission->signers,
      .host_id = policy->host_id,
      .groups = policy->groups,
      .group_count = policy->group_count,
      .login = admission->login->user,
      .holder = evidence->over_ssh ? &evidence->holder : NULL,
      .address = evidence->source[0] != '\0' ? evidence->source : NULL,
      .now = admission->now,
      .mark = admission->mark,
      .challenges = (const uint8_t(*)[BG_NONCE_SIZE])admission->challenges.values,
      .challenge_count = admission->challenges.count,
      .epoch = admission->epoch,
      .proves_unused = bg_event_store_proves_unused,
      .revocations = read_revoked,
      .context = admission,
  };
}

static enum bg_error verify(struct admission *admission) {
  const struct bg_verify_request request = request_of(admission);
  return bg_verify(&request, &admission->verdict);
}

/* Few tokens answer a challenge, so it is read when one does. */
static enum bg_error verify_challenged(struct admission *admission) {
  enum bg_error err = verify(admission);
  if (err != BG_REFUSED_WRONG_CHALLENGE) {
    return err;
  }
  return bg_challenges_read(&admission->challenges) == BG_OK ? verify(admission)
                                                             : BG_REFUSED_STATE_FAILED;
}

static void keep_problem(void *context, const struct bg_file_problem *problem) {
  gate_complain(context, bg_paths()->trusted_signers, problem->line, problem->text);
}

/* Everything that is read before the token is judged. */
static enum bg_error judge(struct admission *admission) {
  if (bg_run_state_prepare(admission->now, &admission->epoch) != BG_OK) {
    return BG_REFUSED_STATE_FAILED;
  }
  const struct bg_paths *paths = bg_paths();
  enum bg_error err = bg_trusted_signers_load(paths->trusted_signers, paths->owner, keep_problem,
                                              admission->gate, &admission->signers);
  if (err != BG_OK) {
    gate_complain(admission->gate, paths->trusted_signers, 0, bg_strerror(err));
    return BG_REFUSED_CONFIG;
  }
  admission->mark = bg_mark_read();
  return verify_challenged(admission);
}

/* A trusted key of mixed order is a broken configuration. Finding out costs as much
 * as a verification a key, so it is done once for each state of the file. */
static enum bg_error check_signers(struct admission *admission) {
  const struct bg_paths *paths = bg_paths();
  const struct timespec changed = admission->signers.changed;
  struct timespec checked = {0};
  if (bg_stamp_read(paths->checked, paths->owner, &checked) == BG_OK &&
      checked.tv_sec == changed.tv_sec && checked.tv_nsec == changed.tv_nsec) {
    return BG_OK;
  }
  if (bg_trusted_signers_check(&admission->signers, keep_problem, admission->gate) != BG_OK) {
    return BG_REFUSED_CONFIG;
  }
  /* A file's clock ticks: one that was changed just now may change again unseen. */
  if (admission->now > changed.tv_sec + 1) {
    (void)!bg_stamp_write(paths->checked, paths->owner,
                          changed); /* without it the next login looks again */
  }
  return BG_OK;
}

static const char *tty_name(const struct bg_login *login) {
  if (login->tty == NULL || gate_is_ssh(login)) {
    return ""; /* sshd always says "ssh" */
  }
  return strncmp(login->tty, "/dev/", 5) == 0 ? login->tty + 5 : login->tty;
}

static void describe_approvers(const struct bg_verdict *verdict, struct bg_session *session) {
  for (size_t i = 0; i < verdict->signer_count; i++) {
    if (verdict->signers[i].role == BG_ROLE_APPROVER) {
      bg_text_fit(BG_NAME_SIZE, session->approvers[session->approver_count++],
                  verdict->signers[i].principal);
    }
  }
}

static void describe(const struct admission *admission, struct bg_session *session) {
  const struct bg_policy *policy = admission->gate->policy;
  const struct bg_claims *claims = &admission->verdict.claims;
  int64_t longest = smaller(claims->longest, policy->longest_session);
  *session = (struct bg_session){
      .level = claims->level > policy->level ? claims->level : policy->level,
      .by_issuer = admission->verdict.by_issuer,
      .clock_trusted = !claims->has_nonce,
      .revocations_fresh = admission->revoked.fresh && !claims->has_nonce,
      .issued_at = claims->issued_at,
      .accepted = admission->now,
      .deadline = smaller(admission->now, BG_TIME_MAX - longest) + longest,
      .deadline_boottime = bg_clock_boottime() + longest,
  };
  memcpy(session->token_id, claims->id, sizeof session->token_id);
  session->has_holder = admission->evidence.over_ssh;
  if (session->has_holder) {
    memcpy(session->holder, admission->evidence.holder.sha256, sizeof session->holder);
  }
  bg_text_fit(sizeof session->issuer, session->issuer, claims->issuer);
  bg_text_fit(sizeof session->subject, session->subject, claims->subject);
  bg_text_fit(sizeof session->login, session->login, claims->login);
  bg_text_fit(sizeof session->reason, session->reason, claims->reason);
  bg_text_fit(sizeof session->service, session->service, admission->login->service);
  bg_text_fit(sizeof session->source, session->source, admission->evidence.source);
  bg_text_fit(sizeof session->tty, session->tty, tty_name(admission->login));
  describe_approvers(&admission->verdict, session);
}

/* No lease exists for a token that no issuer signed: only what is on disk, or known elsewhere, will
 * have this host replaced. */
static bool needs_disk(const struct admission *admission) {
  const struct bg_policy *policy = admission->gate->policy;
  return policy->durability_required || (!admission->verdict.by_issuer && !policy->ack_delivered);
}

/* Whatever can be found out to fail is found out before the token is spent. */
static enum bg_error check_able(struct admission *admission) {
  if (bg_spent_has(admission->verdict.claims.id)) {
    return BG_REFUSED_ALREADY_USED;
  }
  enum bg_error err = check_signers(admission);
  if (err != BG_OK) {
    return err;
  }
  bool asked = bg_audit_open(&admission->audit) == BG_OK && bg_audit_ask(admission->audit) == BG_OK;
  /* While the kernel makes its answer: */
  enum bg_error owned = gate_owner(admission->gate, admission->login, &admission->grant.owner);
  enum bg_error ready = bg_event_store_ready(needs_disk(admission));
  admission->grant.session.audit_available = asked && bg_audit_check(admission->audit) == BG_OK;
  if (admission->gate->policy->audit_required && !admission->grant.session.audit_available) {
    return BG_REFUSED_AUDIT_UNAVAILABLE;
  }
  if (owned != BG_OK) {
    return BG_REFUSED_STATE_FAILED;
  }
  return ready == BG_OK ? BG_OK : BG_REFUSED_TAINT_FAILED;
}

static enum bg_error taint(struct admission *admission) {
  const struct bg_policy *policy = admission->gate->policy;
  const struct bg_session *session = &admission->grant.session;
  struct bg_event event = {
      .type = BG_EVENT_TAINT_OPENED,
      .host = &admission->host,
      .time = admission->now,
      .level = session->level,
      .replace_by = session->deadline,
      .longest_tainted = policy->longest_tainted,
      .session = session,
  };
  if (bg_event_record_numbered(&event, &admission->durability, &admission->number) != BG_OK ||
      (admission->durability != BG_DURABLE && needs_disk(admission))) {
    return BG_REFUSED_TAINT_FAILED;
  }
  return BG_OK;
}

static bool is_revoked_by_now(struct admission *admission) {
  struct bg_verify_request request = request_of(admission);
  request.now = bg_clock_now();
  bg_file_free(&admission->revoked.file);
  admission->revoked = (struct revoked){0};
  return bg_verify_is_revoked(&request, &admission->verdict);
}

/* Long enough for a token to be taken back: nothing but its grant would end its session. */
static enum bg_error await_acknowledgement(struct admission *admission) {
  const struct bg_policy *policy = admission->gate->policy;
  if (!policy->ack_delivered) {
    return BG_OK;
  }
  enum bg_error err =
      gate_await_acknowledgement(policy, admission->grant.session.token_id, admission->number);
  return err == BG_OK && is_revoked_by_now(admission) ? BG_REFUSED_REVOKED : err;
}

/* Nobody gets in: the host need not be waited for until the deadline. */
static void record_unused(const struct admission *admission) {
  /* What cannot be recorded changes nothing: by then the host is replaced. */
  (void)!bg_gate_record_end(&admission->host, admission->gate->policy->longest_tainted,
                            &admission->grant, BG_ENDED_UNUSED);
}

static enum bg_error record_accepted(const struct admission *admission) {
  enum bg_error err =
      gate_record(admission->audit, "accepted", &admission->grant.session, BG_NO_AUDIT_SESSION);
  return err != BG_OK && admission->gate->policy->audit_required ? BG_REFUSED_AUDIT_UNAVAILABLE
                                                                 : BG_OK;
}

/* An issuer's time is vouched for, unless the clock played no part. */
static enum bg_error keep_vouched_time(const struct admission *admission) {
  const struct bg_session *session = &admission->grant.session;
  /* A volatile event may mean a lock that somebody holds: not waited for twice. */
  bool is_news = session->by_issuer && session->clock_trusted &&
                 admission->durability == BG_DURABLE && session->issued_at > admission->mark;
  enum bg_error err = is_news ? bg_mark_raise(session->issued_at) : BG_OK;
  /* Whoever holds the lock may hang on a dead disk; the event has the time, too. */
  return err == BG_ERR_BUSY ? BG_OK : err;
}

static enum bg_error make_grant(struct admission *admission) {
  enum bg_error err = record_accepted(admission);
  if (err != BG_OK) {
    return err;
  }
  const bool granted =
      keep_vouched_time(admission) == BG_OK && bg_grant_create(&admission->grant) == BG_OK;
  return granted ? BG_OK : BG_REFUSED_STATE_FAILED;
}

static enum bg_error spend(struct admission *admission) {
  struct bg_grant *grant = &admission->grant;
  grant->state = BG_GRANT_ACCEPTED;
  grant->audit_session = BG_NO_AUDIT_SESSION;
  enum bg_error err = bg_spent_consume(grant->session.token_id);
  if (err != BG_OK) {
    return err == BG_REFUSED_ALREADY_USED ? err : BG_REFUSED_STATE_FAILED;
  }
  err = taint(admission);
  if (err != BG_OK) {
    return err;
  }
  err = await_acknowledgement(admission);
  if (err == BG_OK) {
    err = make_grant(admission);
  }
  if (err != BG_OK) {
    record_unused(admission);
  }
  return err;
}

static enum bg_error admit(struct admission *admission, struct gate_refusal *ret_refusal) {
  struct gate_refusal refusal = {.repeats = true, .source = admission->evidence.source};
  enum bg_error err = gate_collect(admission->gate, admission->login, &admission->evidence);
  if (err == BG_OK) {
    err = judge(admission);
    refusal.trusted = admission->verdict.trusted;
    refusal.answered = admission->evidence.answered;
    refusal.offers_challenge =
        refusal.trusted && bg_refusal_is_time(err) && admission->gate->policy->token.challenge;
  }
  if (admission->verdict.has_claims) {
    describe(admission, &admission->grant.session);
    refusal.session = &admission->grant.session;
  }
  if (err == BG_OK) {
    err = check_able(admission);
  }
  if (err == BG_OK) {
    err = spend(admission);
  }
  refusal.code = bg_refusal_code(err) != NULL || err == BG_OK ? err : BG_REFUSED_STATE_FAILED;
  *ret_refusal = refusal;
  return refusal.code;
}

enum bg_error gate_admit(struct bg_gate *gate, const struct bg_login *login,
                         char ret_grant_id[static BG_TOKEN_ID_HEX]) {
  struct admission *admission = calloc(1, sizeof *admission);
  if (admission == NULL) {
    return gate_refuse_plainly(gate, login, BG_REFUSED_STATE_FAILED);
  }
  admission->gate = gate;
  admission->login = login;
  admission->now = bg_clock_now();
  admission->audit = -1;
  admission->host =
      (struct bg_host){gate->policy->host_id, gate->policy->groups, gate->policy->group_count};
  struct gate_refusal refusal;
  enum bg_error err = admit(admission, &refusal);
  if (err == BG_OK) {
    gate->grant = admission->grant;
    bg_hex(bg_bytes(gate->grant.session.token_id, BG_TOKEN_ID_SIZE), gate->grant_id);
    memcpy(ret_grant_id, gate->grant_id, BG_TOKEN_ID_HEX);
  } else {
    err = gate_refuse(gate, login, &refusal);
  }
  bg_audit_close(admission->audit);
  bg_file_free(&admission->revoked.file);
  bg_trusted_signers_free(&admission->signers);
  sodium_memzero(admission, sizeof *admission);
  free(admission);
  return err;
}
