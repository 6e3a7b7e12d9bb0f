/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <time.h>

#include "token_options.h"
#include "token_show.h"

#define USAGE                                                                                      \
  "usage: breakglass token sign --key KEY TOKEN|-\n"                                               \
  "Adds a signature to a token and prints it. KEY is file:PATH or agent:FINGERPRINT.\n"            \
  "What is about to be signed is shown on standard error."

static int show(const char *text) {
  struct bg_token token;
  struct bg_claims claims;
  enum bg_error err = bg_token_decode(text, &token);
  if (err == BG_OK) {
    err = bg_claims_decode(token.payload, &claims);
  }
  if (err != BG_OK) {
    return token_refused(err, false);
  }
  (void)fputs("You are about to sign:\n", stderr);
  token_show_claims(stderr, &claims, time(NULL));
  token_show_signatures(stderr, &token);
  return CLI_OK;
}

static int sign(const char *spec, const char *text) {
  char signed_text[BG_TOKEN_TEXT_MAX + 1];
  const char *longest_claim = NULL;
  int result = show(text);
  if (result != CLI_OK) {
    return result;
  }
  struct bg_signing_key *key = token_open_key(spec, &result);
  if (key == NULL) {
    return result;
  }
  enum bg_error err = bg_cosign(key, text, signed_text, &longest_claim);
  bg_signing_key_free(key);
  return err == BG_OK ? token_print(signed_text) : token_sign_error(err, longest_claim);
}

int cli_token_sign(int argc, char **argv) {
  static const struct option options[] = {
      {"key", required_argument, NULL, 'k'}, {"help", no_argument, NULL, 'h'}, {0}};
  char text[TOKEN_ARGUMENT_SIZE];
  const char *spec = NULL;
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'k':
      spec = optarg;
      break;
    case 'h':
      return token_print(USAGE);
    default:
      return CLI_USAGE;
    }
  }
  if (spec == NULL) {
    return cli_usage_error("sign needs --key file:PATH or --key agent:FINGERPRINT");
  }
  return token_argument(argc, argv, text) ? sign(spec, text) : CLI_USAGE;
}
