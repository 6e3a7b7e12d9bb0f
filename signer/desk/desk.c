/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "desk.h"
#include "leases.h"
#include "revocation_list.h"
#include "seen.h"
#include "state.h"
#include "writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_PATIENCE 3000 /* ms that an ssh-agent may take: nobody is asked behind a service */

void desk_log(const struct desk *desk, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  desk->config.log(text);
}

struct problems { /* of trusted_signers, told as those of signer.conf are */
  const struct desk_config *config;
  const char *file;
};

static void tell(void *context, const struct bg_file_problem *problem) {
  const struct problems *problems = context;
  struct bg_conf_problem told = {.file = problems->file, .line = problem->line};
  bg_text_fit(sizeof told.text, told.text, problem->text);
  if (problems->config->on_problem != NULL) {
    problems->config->on_problem(NULL, &told);
  }
}

static enum bg_error load_signers(const struct desk_config *config, const char *path,
                                  struct bg_trusted_signers *ret_signers) {
  struct problems problems = {.config = config, .file = path};
  enum bg_error err = bg_trusted_signers_load(path, geteuid(), tell, &problems, ret_signers);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(ret_signers, tell, &problems);
    if (err != BG_OK) {
      bg_trusted_signers_free(ret_signers);
    }
  }
  if (err != BG_OK) {
    const struct bg_file_problem problem = {.line = 0};
    struct bg_file_problem whole = problem;
    (void)snprintf(whole.text, sizeof whole.text, "%s", bg_strerror(err));
    tell(&problems, &whole);
    err = BG_REFUSED_CONFIG;
  }
  return err;
}

static enum bg_error load_book(const struct desk_config *config, struct book *ret_book) {
  struct book book = {0};
  enum bg_error err = bg_issuing_load(config->file, config->on_problem, NULL, &book.issuing);
  if (err == BG_OK) {
    err = load_signers(config, bg_issuing_settings(book.issuing)->trusted_signers, &book.signers);
  }
  if (err != BG_OK) {
    bg_issuing_free(book.issuing);
    return err;
  }
  *ret_book = book;
  return BG_OK;
}

static void free_book(struct book *book) {
  bg_trusted_signers_free(&book->signers);
  bg_issuing_free(book->issuing);
}

static enum bg_error open_key(const struct desk *desk, const char *what, const char *spec,
                              struct bg_signing_key **ret_key) {
  enum bg_error err = bg_signing_key_open(spec, KEY_PATIENCE, ret_key);
  if (err != BG_OK) {
    desk_log(desk, "%s: %s", what, bg_strerror(err)); /* not the key's place: it may be a secret */
  }
  return err;
}

static enum bg_error open_keys(struct desk *desk) {
  enum bg_error err =
      open_key(desk, "[signer] issuer_key", desk->settings.issuer_key, &desk->issuer);
  if (err == BG_OK && desk->settings.ca_key[0] != '\0') {
    err = open_key(desk, "[signer] ca_key", desk->settings.ca_key, &desk->ca);
  }
  return err;
}

static enum bg_error open_ledger(const struct desk *desk, struct ledger **ret_ledger) {
  enum bg_error err = ledger_open(desk->settings.ledger, ret_ledger);
  if (err != BG_OK) {
    desk_log(desk, "the ledger cannot be opened: %s (%s)", bg_strerror(err), ledger_reason(NULL));
  }
  return err;
}

static enum bg_error open_readers(struct desk *desk) {
  enum bg_error err = BG_OK;
  for (size_t i = 0; err == BG_OK && i < READERS; i++) {
    struct ledger *ledger = NULL;
    err = open_ledger(desk, &ledger);
    if (err == BG_OK) {
      readers_give(&desk->readers, ledger);
    }
  }
  return err;
}

static enum bg_error start_writer(struct desk *desk) {
  struct ledger *ledger = NULL;
  enum bg_error err = open_ledger(desk, &ledger);
  if (err != BG_OK) {
    return err;
  }
  (void)revoked_renew(desk, ledger, true); /* nobody is answered before */
  desk->writer = writer_start(desk, ledger);
  if (desk->writer == NULL) {
    ledger_close(ledger);
    return BG_ERR_NOMEM;
  }
  return BG_OK;
}

static enum bg_error open_all(struct desk *desk) {
  enum bg_error err = load_book(&desk->config, &desk->book);
  if (err != BG_OK) {
    return err;
  }
  desk->settings = *bg_issuing_settings(desk->book.issuing);
  desk->seen = seen_new();
  desk->revoked = revoked_new();
  err = desk->seen != NULL && desk->revoked != NULL ? open_keys(desk) : BG_ERR_NOMEM;
  if (err == BG_OK) {
    err = open_readers(desk);
  }
  if (err == BG_OK) {
    err = start_leases(desk);
  }
  return err == BG_OK ? start_writer(desk) : err; /* it writes down how far the leases are */
}

enum bg_error desk_open(const struct desk_config *config, struct desk **ret_desk) {
  struct desk *desk = calloc(1, sizeof *desk);
  if (desk == NULL) {
    return BG_ERR_NOMEM;
  }
  desk->config = *config;
  (void)pthread_rwlock_init(&desk->book_lock, NULL);
  readers_init(&desk->readers);
  enum bg_error err = open_all(desk);
  if (err != BG_OK) {
    desk_close(desk);
    return err;
  }
  *ret_desk = desk;
  return BG_OK;
}

enum bg_error desk_reload(struct desk *desk) {
  struct book book;
  enum bg_error err = load_book(&desk->config, &book);
  if (err != BG_OK) {
    return err;
  }
  (void)pthread_rwlock_wrlock(&desk->book_lock);
  struct book old = desk->book;
  desk->book = book;
  revoked_mark_book(desk);
  (void)pthread_rwlock_unlock(&desk->book_lock);
  free_book(&old);
  return BG_OK;
}

void desk_stop(struct desk *desk) {
  writer_stop(desk->writer);
}

void desk_close(struct desk *desk) {
  if (desk == NULL) {
    return;
  }
  if (desk->writer != NULL) {
    writer_stop(desk->writer); /* it uses the leases */
  }
  leases_stop(desk->leases);
  writer_free(desk->writer);
  readers_close(&desk->readers);
  revoked_free(desk->revoked);
  seen_free(desk->seen);
  bg_signing_key_free(desk->ca);
  bg_signing_key_free(desk->issuer);
  free_book(&desk->book);
  free(desk);
}

const struct bg_issuing_settings *desk_settings(const struct desk *desk) {
  return &desk->settings;
}

bool desk_is_healthy(struct desk *desk) {
  return writer_is_healthy(desk->writer) && revoked_is_current(desk);
}
