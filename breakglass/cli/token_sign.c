/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "token_options.h"
#include "token_show.h"

static int show(const char *text) {
  struct bg_token token;
  struct bg_claims claims;
  enum bg_error err = bg_token_decode(text, &token);
  if (err == BG_OK) {
    err = bg_claims_decode(token.payload, &claims);
  }
  if (err != BG_OK) {
    return token_unreadable(err, NULL);
  }
  (void)fputs("Signing:\n", stderr);
  token_show_claims(stderr, &claims, time(NULL));
  token_show_signatures(stderr, &token);
  /* Nobody signs what could not be shown. */
  return ferror(stderr) == 0 ? CLI_OK : CLI_FAILED;
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
  static const struct option options[] = {{"key", required_argument, NULL, 'k'}, {0}};
  char text[TOKEN_ARGUMENT_SIZE];
  const char *spec = NULL;
  for (int option; (option = cli_option(argc, argv, options)) != -1;) {
    switch (option) {
    case 'k':
      spec = optarg;
      break;
    default:
      return CLI_USAGE;
    }
  }
  if (spec == NULL) {
    return cli_usage_error("sign needs --key file:PATH or --key agent:FINGERPRINT");
  }
  return token_argument(argc, argv, text) ? sign(spec, text) : CLI_USAGE;
}
