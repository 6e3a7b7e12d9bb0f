/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "taint_fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"

static void add_session(struct bg_taint *taint, const json_t *session, const uint8_t *token_id) {
  struct bg_taint_session shown = {.deadline = json_time_of(session, "deadline")};
  memcpy(shown.token_id, token_id, BG_TOKEN_ID_SIZE);
  bg_text_fit(sizeof shown.subject, shown.subject, json_text_of(session, "subject"));
  bg_text_fit(sizeof shown.login, shown.login, json_text_of(session, "login"));
  bg_text_fit(sizeof shown.reason, shown.reason, json_text_of(session, "reason"));
  bg_text_fit(sizeof shown.service, shown.service, json_text_of(session, "service"));
  bg_text_fit(sizeof shown.source, shown.source, json_text_of(session, "source"));
  bg_taint_add_session(taint, &shown);
}

/* Room for the next power of two, when the last is used up. */
static void keep_token(struct taint_fold *fold, const uint8_t *token_id) {
  size_t count = fold->token_count;
  if ((count & (count - 1)) == 0) {
    void *grown = realloc(fold->token_ids, (count > 0 ? 2 * count : 1) * BG_TOKEN_ID_SIZE);
    if (grown == NULL) {
      fold->out_of_memory = true;
      return;
    }
    fold->token_ids = grown;
  }
  memcpy(fold->token_ids[fold->token_count++], token_id, BG_TOKEN_ID_SIZE);
}

static void fold_session(struct taint_fold *fold, const struct event_view *view) {
  uint8_t token_id[BG_TOKEN_ID_SIZE];
  const char *hex = json_text_of(view->session, "token_id");
  if (hex == NULL || bg_parse_hex(bg_bytes_of(hex), sizeof token_id, token_id) != BG_OK) {
    return;
  }
  keep_token(fold, token_id);
  bg_taint_remove_session(&fold->taint, token_id);
  bool of_this_boot = view->boot_id != NULL && strcmp(view->boot_id, fold->boot_id) == 0;
  if (of_this_boot && strcmp(view->type, bg_event_type_name(BG_EVENT_TAINT_OPENED)) == 0) {
    add_session(&fold->taint, view->session, token_id);
  }
  /* Only what an issuer said, and only where this host's clock agreed. */
  if (view->clock_trusted && json_is_true(json_object_get(view->session, "issuer_signed"))) {
    int64_t issued = json_time_of(view->session, "issued_at");
    fold->vouched = issued > fold->vouched ? issued : fold->vouched;
  }
}

static void fold_view(struct taint_fold *fold, const struct event_view *view) {
  if (view->level == BG_LEVEL_NONE) { /* a new host says that it is one */
    return;
  }
  if (event_view_is(view, BG_EVENT_TAINT_LIFETIME)) {
    bg_taint_age(&fold->taint, view->level, view->time, view->by);
  } else {
    bg_taint_raise(&fold->taint, view->level, view->time, view->by);
  }
  if (!event_view_is(view, BG_EVENT_TAINT_CLOSED)) {
    bg_text_fit(sizeof fold->taint.who, fold->taint.who, view->who);
    bg_text_fit(sizeof fold->taint.why, fold->taint.why, view->why);
  }
  if (view->session != NULL) {
    fold_session(fold, view);
  }
}

static void break_chain(struct taint_fold *fold, int64_t number) {
  if (!fold->chain_is_broken) {
    fold->chain_is_broken = true;
    fold->broken_at = number;
  }
}

/* The number and the hash of the one before; previous is NULL for the first alone. */
static bool follows(const struct taint_fold *fold, const struct event_view *view, int64_t number) {
  char hash[(2 * BG_EVENT_HASH_SIZE) + 1];
  bg_hex(bg_bytes(fold->hash, sizeof fold->hash), hash);
  bool after_previous = fold->last == 0
                            ? view->previous == NULL
                            : view->previous != NULL && strcmp(view->previous, hash) == 0;
  return view->number == number && number == fold->last + 1 && after_previous;
}

/* What the next one's `previous` is to be. */
static void take_hash(struct taint_fold *fold, const struct bg_stored_event *event) {
  if (event->place == BG_EVENT_DROPPED) {
    memcpy(fold->hash, event->hash, sizeof fold->hash);
  } else {
    bg_event_hash(event->bytes, fold->hash);
  }
}

/* Only what the agent drops. Anything else under that name is a taint that somebody has removed. */
static bool may_be_dropped(const struct event_view *view) {
  return event_view_is(view, BG_EVENT_TAINT_CLOSED) ||
         (event_view_is(view, BG_EVENT_HOST_FRESH) && view->number == 1);
}

struct walk {
  struct taint_fold *fold;
  taint_fold_fn *on_event;
};

static bool fold_event(void *context, const struct bg_stored_event *event) {
  const struct walk *walk = context;
  struct taint_fold *fold = walk->fold;
  if (event->place == BG_EVENT_DROPPED && event->error != BG_OK) {
    fold->out_of_memory = fold->out_of_memory || event->error == BG_ERR_NOMEM;
    fold->list_is_damaged = true;
    break_chain(fold, fold->last + 1);
    return true;
  }
  bool loose = event->place == BG_EVENT_LOOSE;
  if (!loose && event->number == fold->last) { /* brought to disk while we read */
    return true;
  }
  const bool dropped = event->place == BG_EVENT_DROPPED;
  fold->count++;
  fold->dropped += dropped;
  fold->waiting += event->place != BG_EVENT_ON_DISK && !dropped;
  struct event_view view = {0};
  bool readable = event_view_read(event->bytes, &view);
  if (!loose && (!readable || !follows(fold, &view, event->number))) {
    break_chain(fold, event->number);
  }
  if (dropped && readable && !may_be_dropped(&view)) {
    break_chain(fold, event->number);
  }
  fold->unreadable += !readable;
  if (readable) {
    fold_view(fold, &view);
  }
  if (!loose) {
    fold->last = event->number;
    take_hash(fold, event);
    if (fold->last == fold->head && memcmp(fold->hash, fold->head_hash, sizeof fold->hash) != 0) {
      break_chain(fold, fold->last);
    }
  }
  if (walk->on_event != NULL) {
    walk->on_event(event, readable ? &view : NULL);
  }
  event_view_free(&view);
  return true;
}

/* This boot's head, which is read before them, knows how far the events have to reach. */
static enum bg_error fold_up_to_head(taint_fold_fn *on_event, struct taint_fold *fold) {
  *fold = (struct taint_fold){0};
  struct walk walk = {fold, on_event};
  enum bg_error err = bg_boot_id(fold->boot_id);
  if (err == BG_OK) {
    err = bg_event_store_head(&fold->head, fold->head_hash);
    err = err == BG_ERR_NOT_FOUND ? BG_OK : err; /* no event in this boot yet */
  }
  if (err == BG_OK) {
    err = bg_events_each(fold_event, &walk);
  }
  if (err == BG_OK && fold->out_of_memory) {
    err = BG_ERR_NOMEM;
  }
  if (err == BG_OK && !fold->chain_is_broken && fold->last < fold->head) {
    fold->end_is_missing = true;
    break_chain(fold, fold->last + 1);
  }
  return err;
}

/* What is missing cannot say what it was: the most that can be asked for, and at once. */
static void taint_by_damage(struct taint_fold *fold) {
  int64_t now = bg_clock_now();
  bg_taint_raise(&fold->taint, BG_LEVEL_REALLOCATE, now, now);
  fold->taint.who[0] = '\0';
  taint_fold_chain_text(fold, fold->taint.why);
}

/* While nobody writes: an event that is brought to disk between the two folders is seen in
 * neither. A lock that is not to be had makes it no worse. */
static enum bg_error fold_again(struct taint_fold *fold) {
  int lock = -1;
  enum bg_error locked = bg_lock_take(bg_paths()->lock, &lock);
  taint_fold_free(fold);
  enum bg_error err = fold_up_to_head(NULL, fold);
  if (locked == BG_OK) {
    (void)close(lock);
  }
  return err;
}

enum bg_error taint_fold_events(taint_fold_fn *on_event, struct taint_fold *ret_fold) {
  struct taint_fold fold;
  enum bg_error err = fold_up_to_head(on_event, &fold);
  if (err == BG_OK && fold.chain_is_broken) {
    err = fold_again(&fold);
  }
  if (err != BG_OK) {
    taint_fold_free(&fold);
    return err;
  }
  if (fold.chain_is_broken) {
    taint_by_damage(&fold);
  }
  *ret_fold = fold;
  return BG_OK;
}

void taint_fold_chain_text(const struct taint_fold *fold, char ret_text[static CHAIN_TEXT_SIZE]) {
  if (fold->list_is_damaged) {
    (void)snprintf(ret_text, CHAIN_TEXT_SIZE,
                   "the list of dropped events, events/dropped, cannot be read to its end: events "
                   "may be lost");
    return;
  }
  (void)snprintf(ret_text, CHAIN_TEXT_SIZE, "event %lld %s", (long long)fold->broken_at,
                 fold->end_is_missing ? "is missing: this boot recorded it"
                                      : "does not follow from the one before it: "
                                        "events were changed or lost");
}

void taint_fold_free(struct taint_fold *fold) {
  free(fold->token_ids);
  *fold = (struct taint_fold){0};
}
