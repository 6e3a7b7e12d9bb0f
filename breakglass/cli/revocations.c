/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass revocations: the list of what was taken back, as this host has it. */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "breakglass/text.h"
#include "cli.h"
#include "revocations_store.h"

static void show_fingerprint(const char *what, const uint8_t *sha256, const char *more) {
  char text[BG_FINGERPRINT_SIZE];
  struct bg_ssh_key key = {0};
  memcpy(key.sha256, sha256, sizeof key.sha256);
  bg_ssh_key_fingerprint(&key, text);
  (void)printf("%-9s %s%s\n", what, text, more);
}

static void show_list(const struct bg_revocations *list, const struct bg_trusted_signers *trusted) {
  char issued[BG_TIME_TEXT_SIZE];
  char expires[BG_TIME_TEXT_SIZE];
  bg_format_time(list->issued_at, issued);
  bg_format_time(list->expires, expires);
  (void)printf("issuer    %s\nnumber    %" PRId64 "\nissued    %s\nexpires   %s\n", list->issuer,
               list->number, issued, expires);
  const uint8_t *at = list->tokens;
  for (size_t i = 0; i < list->token_count; i++, at += 1 + BG_TOKEN_ID_SIZE) {
    char hex[2 * BG_TOKEN_ID_SIZE + 1];
    bg_hex(bg_bytes(at + 1, BG_TOKEN_ID_SIZE), hex);
    (void)printf("token     %s\n", hex);
  }
  at = list->holders;
  for (size_t i = 0; i < list->holder_count; i++, at += 2 + BG_SHA256_SIZE) {
    show_fingerprint("holder", at + 2, "");
  }
  for (size_t i = 0; i < list->key_count; i++) {
    struct bg_revoked_key key = {0};
    bg_revocations_key(list, i, &key);
    show_fingerprint("approver", key.sha256,
                     bg_revoked_key_is_proven(&key, trusted)
                         ? ""
                         : " (not revoked here: not by two approvers that this host trusts)");
  }
}

/* What a login would find: refused if that is no list, or not one of now. */
static int show(int argc, char **argv) {
  static const struct option options[] = {{0}};
  struct bg_trusted_signers trusted = {0};
  struct bg_file file = {0};
  struct bg_revocations list;
  if (cli_option(argc, argv, options) != -1) {
    return CLI_USAGE;
  }
  if (optind != argc) {
    return cli_wrong_arguments();
  }
  int result = revocations_load_trusted(&trusted);
  if (result != CLI_OK) {
    return result;
  }
  enum bg_error err = revocations_read(&trusted, &file, &list);
  if (err == BG_OK) {
    show_list(&list, &trusted);
    err = bg_revocations_check_time(&list, revocations_now(), REVOCATIONS_SKEW);
  }
  if (err != BG_OK) {
    result = bg_refusal_code(err) != NULL ? revocations_refused(err)
                                          : cli_host_failure(bg_paths()->revoked, err);
  }
  bg_file_free(&file);
  bg_trusted_signers_free(&trusted);
  return result;
}

static int install(int argc, char **argv) {
  static const struct option options[] = {{0}};
  struct bg_file file = {0};
  if (cli_option(argc, argv, options) != -1) {
    return CLI_USAGE;
  }
  if (optind + 1 != argc) {
    return cli_wrong_arguments();
  }
  enum bg_error err = bg_file_read(argv[optind], geteuid(), BG_REVOCATIONS_MAX, &file);
  if (err != BG_OK) {
    return cli_failure("%s: %s", argv[optind], bg_strerror(err));
  }
  int result = revocations_install(bg_bytes(file.data, file.len), false);
  bg_file_free(&file);
  return result;
}

int cli_revocations(int argc, char **argv) {
  static const struct cli_command commands[] = {
      {"show", "show the list that this host has", show,
       "usage: breakglass revocations show\n"
       "Shows this host's list. Exit: 3 if a login would find none that is good and of now."},
      {"install", "take a list that is later than the one that is there", install,
       "usage: breakglass revocations install FILE\n"
       "Puts the list into force, if a trusted issuer has signed it and it is later."},
      {"fetch", "the same with the list of the signing service", cli_remote, NULL},
      {0}};
  if (argc > 1 && strcmp(argv[1], "fetch") == 0) {
    return cli_remote(argc, argv); /* with both words */
  }
  return cli_dispatch("breakglass revocations", commands, argc, argv);
}
