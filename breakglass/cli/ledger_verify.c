/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass ledger verify: whether lines are a ledger that nobody has changed, and the one that a
 * checkpoint was signed for. */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/chain.h"
#include "breakglass/json.h"
#include "breakglass/note.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"
#include "cli.h"
#include "print.h"

struct audit {
  bool json;
  const char *file;
  const char *note;    /* NULL: no checkpoint */
  const char *trusted; /* NULL: the host's */
  struct bg_checkpoint checkpoint;
  struct bg_chain chain;
  bool is_met;    /* the line that the checkpoint is about is the one that it means */
  int64_t broken; /* the first broken line; 0: the checkpoint is */
  char problem[256];
};

/* Says what is broken; returns CLI_REFUSED. */
static int found(struct audit *audit, int64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static int found(struct audit *audit, int64_t line, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(audit->problem, sizeof audit->problem, format, arguments);
  va_end(arguments);
  audit->broken = line;
  return CLI_REFUSED;
}

/* The next line without its LF, as much of it as shows that it is too long. False at the end;
 * ret_whole: it had its LF. */
static bool read_line(FILE *in, uint8_t *bytes, size_t cap, size_t *ret_len, bool *ret_whole) {
  size_t len = 0;
  int byte = getc_unlocked(in);
  while (byte != EOF && byte != '\n' && len < cap) {
    bytes[len++] = (uint8_t)byte;
    byte = len < cap ? getc_unlocked(in) : byte;
  }
  *ret_len = len;
  *ret_whole = byte == '\n';
  return len > 0 || byte != EOF;
}

/* Whether what the checkpoint is about was just reached, and is that. */
static bool meets(struct audit *audit) {
  if (audit->note == NULL || audit->chain.number != audit->checkpoint.number) {
    return true;
  }
  audit->is_met =
      memcmp(audit->chain.hash, audit->checkpoint.hash, sizeof audit->checkpoint.hash) == 0;
  return audit->is_met;
}

static int take(struct audit *audit, struct bg_bytes line, bool whole) {
  const int64_t number = audit->chain.number + 1;
  enum bg_chain_fault fault = bg_chain_take(&audit->chain, line);
  if (fault == BG_CHAIN_PREVIOUS && number > 1) {
    return found(audit, number, "%s: this one or that was changed", bg_chain_fault_text(fault));
  }
  if (fault != BG_CHAIN_GOOD) {
    return found(audit, number, "%s", bg_chain_fault_text(fault));
  }
  if (!whole) {
    return found(audit, number, "it is cut off");
  }
  return meets(audit) ? CLI_OK : found(audit, number, "it is not the line of the checkpoint");
}

static int audit_lines(struct audit *audit, FILE *in) {
  uint8_t line[BG_CHAIN_LINE_MAX + 1];
  size_t len = 0;
  bool whole = false;
  int result = meets(audit) ? CLI_OK : found(audit, 0, "it is of an empty ledger, and is not");
  while (result == CLI_OK && read_line(in, line, sizeof line, &len, &whole)) {
    result = take(audit, bg_bytes(line, len), whole);
  }
  if (ferror(in)) {
    return cli_failure("%s: %s", audit->file, strerror(errno));
  }
  if (result == CLI_OK && audit->note != NULL && !audit->is_met) {
    return found(audit, audit->chain.number + 1,
                 "it is missing, and all up to line %" PRId64 " of the checkpoint",
                 audit->checkpoint.number);
  }
  if (result == CLI_OK && audit->note == NULL && audit->chain.number == 0) {
    return cli_failure("%s: there are no entries", audit->file);
  }
  return result;
}

/* -- the checkpoint -------------------------------------------------------------------------- */

static void show_problem(void *context, const struct bg_file_problem *problem) {
  (void)cli_usage_error("%s:%u: %s", (const char *)context, problem->line, problem->text);
}

static int load_signers(const char *path, struct bg_trusted_signers *ret_signers) {
  void *context = (void *)(uintptr_t)path;
  enum bg_error err = bg_trusted_signers_load(path, geteuid(), show_problem, context, ret_signers);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(ret_signers, show_problem, context);
    if (err != BG_OK) {
      bg_trusted_signers_free(ret_signers);
    }
  }
  return err == BG_OK              ? CLI_OK
         : err == BG_ERR_NOT_FOUND ? cli_failure("%s: %s", path, bg_strerror(err))
                                   : cli_usage_error("%s: %s", path, bg_strerror(err));
}

static int read_note(const char *path, size_t cap, uint8_t *bytes, size_t *ret_len) {
  FILE *in = fopen(path, "re");
  if (in == NULL) {
    return cli_failure("%s: %s", path, strerror(errno));
  }
  *ret_len = fread(bytes, 1, cap, in);
  int result = ferror(in) ? cli_failure("%s: %s", path, strerror(errno)) : CLI_OK;
  (void)fclose(in);
  return result;
}

static int judge_note(struct audit *audit, struct bg_bytes note,
                      const struct bg_trusted_signers *signers) {
  switch (bg_checkpoint_read(note, signers, time(NULL), &audit->checkpoint)) {
  case BG_OK:
    return CLI_OK;
  case BG_ERR_NOT_FOUND:
    return found(audit, 0, "no issuer key that is trusted for its service has signed it");
  case BG_REFUSED_BAD_SIGNATURE:
    return found(audit, 0, "its signature is not good");
  default:
    return found(audit, 0, "it is not the signed note of a ledger's head");
  }
}

static int audit_note(struct audit *audit) {
  struct bg_trusted_signers signers = {0};
  uint8_t bytes[BG_NOTE_MAX + 1];
  size_t len = 0;
  int result =
      load_signers(audit->trusted != NULL ? audit->trusted : bg_paths()->trusted_signers, &signers);
  if (result == CLI_OK) {
    result = read_note(audit->note, sizeof bytes, bytes, &len);
  }
  if (result == CLI_OK) {
    result = judge_note(audit, bg_bytes(bytes, len), &signers);
  }
  bg_trusted_signers_free(&signers);
  return result;
}

/* -- the answer ------------------------------------------------------------------------------ */

static int print_json(const struct audit *audit, int result) {
  char text[1024];
  struct bg_buf buf = BG_BUF(text);
  struct bg_json json = bg_json_writer(&buf);
  bg_json_object(&json, NULL);
  bg_json_bool(&json, "whole", result == CLI_OK);
  bg_json_int(&json, "entries", audit->chain.number);
  bg_json_hex(&json, "hash", bg_bytes(audit->chain.hash, sizeof audit->chain.hash));
  if (audit->is_met) {
    bg_json_object(&json, "checkpoint");
    bg_json_text(&json, "issuer", audit->checkpoint.issuer);
    bg_json_int(&json, "number", audit->checkpoint.number);
    bg_json_end_object(&json);
  } else {
    bg_json_null(&json, "checkpoint");
  }
  if (audit->broken > 0) {
    bg_json_int(&json, "line", audit->broken);
  } else {
    bg_json_null(&json, "line");
  }
  bg_json_text(&json, "problem", result == CLI_OK ? NULL : audit->problem);
  bg_json_end_object(&json);
  int printed = print_json_document(&buf);
  return printed == CLI_OK ? result : printed;
}

static int print_text(const struct audit *audit, int result) {
  if (result == CLI_OK && audit->is_met) {
    (void)printf("whole: %" PRId64 " entries, the first %" PRId64 " of them signed for by %s\n",
                 audit->chain.number, audit->checkpoint.number, audit->checkpoint.issuer);
  } else if (result == CLI_OK) {
    (void)printf("whole: %" PRId64 " entries; without a checkpoint nobody knows whether the end is "
                 "missing, or the last one was changed\n",
                 audit->chain.number);
  } else if (audit->broken > 0) {
    (void)printf("broken: line %" PRId64 ": %s\n", audit->broken, audit->problem);
  } else {
    (void)printf("broken: the checkpoint: %s\n", audit->problem);
  }
  return result;
}

static int verify(struct audit *audit) {
  int result = audit->note != NULL ? audit_note(audit) : CLI_OK;
  if (result == CLI_OK) {
    const bool is_stdin = strcmp(audit->file, "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(audit->file, "re");
    if (in == NULL) {
      return cli_failure("%s: %s", audit->file, strerror(errno));
    }
    result = audit_lines(audit, in);
    if (!is_stdin) {
      (void)fclose(in);
    }
  }
  if (result != CLI_OK && result != CLI_REFUSED) {
    return result;
  }
  return audit->json ? print_json(audit, result) : print_text(audit, result);
}

int cli_ledger_verify(int argc, char **argv) {
  static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                          {"checkpoint", required_argument, NULL, 'c'},
                                          {"trusted", required_argument, NULL, 't'},
                                          {0}};
  struct audit audit = {.json = false};
  for (int option; (option = cli_option(argc, argv, options)) != -1;) {
    if (option == 'j') {
      audit.json = true;
    } else if (option == 'c') {
      audit.note = optarg;
    } else if (option == 't') {
      audit.trusted = optarg;
    } else {
      return CLI_USAGE;
    }
  }
  if (optind + 1 != argc) {
    return cli_wrong_arguments();
  }
  if (audit.trusted != NULL && audit.note == NULL) {
    return cli_usage_error("--trusted says whose signature counts under a --checkpoint");
  }
  audit.file = argv[optind];
  return verify(&audit);
}
