/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/trusted_signers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/file.h"
#include "trusted_line.h"
#include "trusted_rules.h"

/* The file as far as it has been read. */
struct parser {
  bg_problem_fn *on_problem;
  void *context;
  unsigned problems;
  unsigned line;
  struct bg_trusted_signers signers;
};

static void report(struct parser *parser, unsigned line, const char *text, unsigned other_line) {
  struct bg_file_problem problem = {.line = line};
  parser->problems++;
  if (other_line > 0) {
    (void)snprintf(problem.text, sizeof problem.text, "%s (line %u)", text, other_line);
  } else {
    (void)snprintf(problem.text, sizeof problem.text, "%s", text);
  }
  if (parser->on_problem != NULL) {
    parser->on_problem(parser->context, &problem);
  }
}

/* Adds the key if it goes together with those before it. */
static void add_key(struct parser *parser, const struct bg_trusted_key *key) {
  struct bg_trusted_signers *signers = &parser->signers;
  for (size_t i = 0; i < signers->count; i++) {
    const char *conflict = bg_trusted_conflict(&signers->keys[i], key);
    if (conflict != NULL) {
      report(parser, parser->line, conflict, signers->keys[i].line);
      return;
    }
  }
  if (signers->count == BG_TRUSTED_KEYS_MAX) {
    report(parser, parser->line, "there are more than 256 keys", 0);
    return;
  }
  signers->keys[signers->count++] = *key;
}

static void parse_line(struct parser *parser, struct bg_bytes line) {
  struct bg_trusted_key key = {0};
  const char *problem = NULL;
  if (line.len > BG_TRUSTED_LINE_MAX) {
    problem = "the line is longer than 1024 bytes";
  } else if (!bg_trusted_line_is_printable(line)) {
    problem = "only printable ASCII characters and tabs are allowed, in comments too";
  } else if (bg_trusted_line_is_empty(line)) {
    return;
  } else {
    problem = bg_trusted_line_parse(line, &key);
  }
  if (problem != NULL) {
    report(parser, parser->line, problem, 0);
    return;
  }
  key.line = parser->line;
  add_key(parser, &key);
}

static struct bg_bytes take_line(struct bg_bytes *text) {
  const uint8_t *newline = memchr(text->data, '\n', text->len);
  size_t len = newline != NULL ? (size_t)(newline - text->data) : text->len;
  size_t used = newline != NULL ? len + 1 : len;
  struct bg_bytes line = bg_bytes(text->data, len);
  *text = bg_bytes(text->data + used, text->len - used);
  return line;
}

/* Room for as many keys as there can be, so that it never grows. */
static size_t most_keys(struct bg_bytes text) {
  size_t lines = 0;
  while (text.len > 0 && lines < BG_TRUSTED_KEYS_MAX) {
    (void)take_line(&text);
    lines++;
  }
  return lines > 0 ? lines : 1;
}

static void parse_lines(struct parser *parser, struct bg_bytes text) {
  if (text.len > BG_TRUSTED_FILE_MAX) {
    report(parser, 0, "the file is larger than 262144 bytes", 0);
    return;
  }
  while (text.len > 0) {
    parser->line++;
    parse_line(parser, take_line(&text));
  }
  if (parser->problems == 0 && parser->signers.count == 0) {
    report(parser, 0, "there is no key in the file", 0);
  }
}

enum bg_error bg_trusted_signers_parse(struct bg_bytes text, bg_problem_fn *on_problem,
                                       void *context, struct bg_trusted_signers *ret_signers) {
  struct parser parser = {.on_problem = on_problem, .context = context};
  parser.signers.keys = malloc(most_keys(text) * sizeof *parser.signers.keys);
  if (parser.signers.keys == NULL) {
    return BG_ERR_NOMEM;
  }
  parse_lines(&parser, text);
  if (parser.problems > 0) {
    bg_trusted_signers_free(&parser.signers);
    return BG_ERR_SYNTAX;
  }
  *ret_signers = parser.signers;
  return BG_OK;
}

enum bg_error bg_trusted_signers_load(const char *path, uid_t owner, bg_problem_fn *on_problem,
                                      void *context, struct bg_trusted_signers *ret_signers) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read(path, owner, BG_TRUSTED_FILE_MAX, &file);
  if (err == BG_OK) {
    err = bg_trusted_signers_parse(bg_bytes(file.data, file.len), on_problem, context, ret_signers);
  }
  if (err == BG_OK) {
    ret_signers->changed = file.changed;
  }
  bg_file_free(&file);
  return err;
}

enum bg_error bg_trusted_signers_check(const struct bg_trusted_signers *signers,
                                       bg_problem_fn *on_problem, void *context) {
  struct parser parser = {.on_problem = on_problem, .context = context};
  for (size_t i = 0; i < signers->count; i++) {
    if (!bg_ssh_key_is_prime_order(&signers->keys[i].key)) {
      report(&parser, signers->keys[i].line, "the key is weak: its point is not of prime order", 0);
    }
  }
  return parser.problems > 0 ? BG_ERR_KEY : BG_OK;
}

const struct bg_trusted_key *bg_trusted_signers_find(const struct bg_trusted_signers *signers,
                                                     const uint8_t kid[static BG_KID_SIZE],
                                                     enum bg_ssh_key_type type, int64_t at) {
  for (size_t i = 0; i < signers->count; i++) {
    const struct bg_trusted_key *key = &signers->keys[i];
    if (key->role != BG_ROLE_REQUESTER && key->key.type == type && at >= key->valid_after &&
        at < key->valid_before && memcmp(key->key.sha256, kid, BG_KID_SIZE) == 0) {
      return key;
    }
  }
  return NULL;
}

const char *bg_trusted_signers_principal(const struct bg_trusted_signers *signers,
                                         const uint8_t sha256[static BG_SHA256_SIZE]) {
  for (size_t i = 0; i < signers->count; i++) {
    if (memcmp(signers->keys[i].key.sha256, sha256, BG_SHA256_SIZE) == 0) {
      return signers->keys[i].principal;
    }
  }
  return NULL;
}

void bg_trusted_signers_free(struct bg_trusted_signers *signers) {
  if (signers != NULL) {
    free(signers->keys);
    *signers = (struct bg_trusted_signers){0};
  }
}
