/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass status: root's answer comes from the events and the grants; anybody
 * else's, the engineer inside a session included, from run/tainted. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent_view.h"
#include "breakglass/file.h"
#include "breakglass/json_read.h"
#include "breakglass/paths.h"
#include "cli.h"
#include "finding_json.h"
#include "revocations_view.h"
#include "status_view.h"

#define TAINTED_MAX 65536

static void add_finding(void *context, const struct policy_problem *problem) {
  (void)json_array_append_new(context, finding_object(problem));
}

static const char *state_name(const struct bg_grant *grant) {
  if (bg_clock_boottime() >= grant->session.deadline_boottime ||
      !bg_process_is_alive(&grant->owner)) {
    return "over"; /* and nobody closed it */
  }
  return grant->state == BG_GRANT_OPEN ? "open" : "accepted";
}

static bool add_grant(void *context, const struct bg_grant *grant) {
  struct status_view *view = context;
  if (grant == NULL) {
    (void)cli_failure("a grant cannot be read; it opens nothing");
    return true;
  }
  const struct bg_session *session = &grant->session;
  char deadline[BG_TIME_TEXT_SIZE];
  char id[BG_TOKEN_ID_HEX];
  bool is_open = grant->state == BG_GRANT_OPEN;
  bg_format_time(session->deadline, deadline);
  bg_hex(bg_bytes(session->token_id, BG_TOKEN_ID_SIZE), id);
  json_t *shown =
      json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:o}", "token_id", id, "subject",
                session->subject, "login", session->login, "reason", session->reason, "service",
                session->service, "source",
                session->source[0] != '\0' ? json_string(session->source) : json_null(), "tty",
                session->tty[0] != '\0' ? json_string(session->tty) : json_null(), "deadline",
                deadline, "state", state_name(grant), "audit_session",
                is_open ? json_integer(grant->audit_session) : json_null());
  (void)json_array_append_new(view->sessions, shown);
  return true;
}

/* Where what the host shows is behind its events, that is put right. */
static void repair(const struct taint_fold *fold) {
  struct bg_taint known = {0};
  enum bg_error err = bg_taint_read(&known);
  struct bg_taint raised = known;
  bg_taint_add(&raised, &fold->taint);
  bool behind = err != BG_OK || known.level != raised.level || known.by != raised.by ||
                known.since != raised.since ||
                (fold->taint.level != BG_LEVEL_NONE && access(bg_paths()->tainted, F_OK) != 0);
  if (behind && fold->taint.level != BG_LEVEL_NONE && bg_taint_restore(&fold->taint) != BG_OK) {
    (void)cli_failure("run/tainted cannot be written");
  }
}

/* Events that are gone take no taint away from this boot. */
static void raise_to_flag(struct bg_taint *taint) {
  struct bg_taint known = {0};
  if (bg_taint_read(&known) != BG_OK || known.level == BG_LEVEL_NONE) {
    return;
  }
  if (taint->level == BG_LEVEL_NONE) {
    *taint = known;
  } else {
    bg_taint_add(taint, &known);
  }
}

static enum bg_error look_as_root(struct status_view *view) {
  enum bg_error err = taint_fold_events(NULL, &view->fold);
  if (err != BG_OK) {
    return err;
  }
  view->has_events = true;
  repair(&view->fold);
  raise_to_flag(&view->fold.taint);
  if (access(bg_paths()->events, F_OK) != 0) { /* /var is not mounted, or somebody was here */
    (void)cli_failure("there is no %s", bg_paths()->events);
    err = view->fold.taint.level == BG_LEVEL_NONE ? BG_ERR_NOT_FOUND : BG_OK;
  }
  return err == BG_OK ? bg_grants_each(add_grant, view) : err;
}

static bool read_tainted(struct bg_bytes bytes, struct status_view *view) {
  struct bg_taint *taint = &view->fold.taint;
  json_t *root = json_read(bytes);
  const char *level = json_text_of(root, "level");
  bool clean = json_is_clean(root); /* otherwise only what is no text counts */
  const char *who = clean ? json_text_of(root, "who") : NULL;
  const char *why = clean ? json_text_of(root, "why") : "unknown";
  bool good =
      level != NULL && bg_level_parse(bg_bytes_of(level), &taint->level) == BG_OK &&
      (who == NULL || bg_bytes_to_text(bg_bytes_of(who), sizeof taint->who, taint->who) == BG_OK) &&
      why != NULL && bg_bytes_to_text(bg_bytes_of(why), sizeof taint->why, taint->why) == BG_OK;
  taint->since = json_time_of(root, "since");
  taint->by = json_time_of(root, "by");
  if (clean) {
    (void)json_array_extend(view->sessions, json_object_get(root, "sessions"));
  }
  json_decref(root);
  return good;
}

static enum bg_error look_at_flag(struct status_view *view) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read(bg_paths()->tainted, bg_paths()->owner, TAINTED_MAX, &file);
  if (err == BG_OK && !read_tainted(bg_bytes(file.data, file.len), view)) {
    err = BG_ERR_SYNTAX;
  }
  bg_file_free(&file);
  bool pristine = err == BG_ERR_NOT_FOUND && access(bg_paths()->run, X_OK) == 0;
  return pristine ? BG_OK : err;
}

static int show(struct status_view *view, bool json) {
  bool may_read = access(bg_paths()->events, R_OK) == 0 || errno != EACCES;
  enum bg_error err = may_read ? look_as_root(view) : look_at_flag(view);
  if (err != BG_OK) {
    (void)cli_host_failure("the state of this host cannot be read", err);
    return STATUS_ERROR;
  }
  if (may_read) { /* sshd tells its configuration to root alone */
    struct policy_check check = {.on_problem = add_finding, .context = view->findings};
    policy_check_run(&check);
    view->sealed_asked = true;
    view->agent = agent_view_read();
    view->revocations = revocations_view_read();
    view->sealed = check.sealed;
  }
  if (json) {
    status_print_json(view);
  } else {
    status_print(view);
  }
  return view->fold.taint.level != BG_LEVEL_NONE ? STATUS_TAINTED : STATUS_PRISTINE;
}

int cli_status(int argc, char **argv) {
  bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
  if (argc > 1 && !json) {
    (void)cli_wrong_arguments();
    return STATUS_ERROR;
  }
  struct status_view view = {
      .sealed = SEALED_UNKNOWN, .findings = json_array(), .sessions = json_array()};
  int status = show(&view, json);
  json_decref(view.findings);
  json_decref(view.sessions);
  json_decref(view.agent);
  json_decref(view.revocations);
  taint_fold_free(&view.fold);
  return status;
}
