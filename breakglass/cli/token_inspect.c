/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "token_options.h"
#include "token_show.h"

#define JSON_SIZE 16384

static int show_json(const struct bg_token *token, const struct bg_claims *claims) {
  char text[JSON_SIZE];
  struct bg_buf buf = BG_BUF(text);
  struct bg_json json = bg_json_writer(&buf);
  bg_json_object(&json, NULL);
  bg_json_bool(&json, "verified", false);
  token_json_claims(&json, claims);
  token_json_signatures(&json, token);
  bg_json_end_object(&json);
  bg_buf_put_byte(&buf, '\0');
  return buf.failed ? cli_failure("this token is too large to be shown") : token_print(text);
}

static int show_person(const struct bg_token *token, const struct bg_claims *claims) {
  puts("NOT VERIFIED: this is what the token says, not that it is true or may be used.\n");
  token_show_claims(stdout, claims, time(NULL));
  token_show_signatures(stdout, token);
  return CLI_OK;
}

int cli_token_inspect(int argc, char **argv) {
  static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {0}};
  char text[TOKEN_ARGUMENT_SIZE];
  struct bg_token token;
  struct bg_claims claims;
  bool json = false;
  for (int option; (option = cli_option(argc, argv, options)) != -1;) {
    switch (option) {
    case 'j':
      json = true;
      break;
    default:
      return CLI_USAGE;
    }
  }
  if (!token_argument(argc, argv, text)) {
    return CLI_USAGE;
  }
  enum bg_error err = bg_token_decode(text, &token);
  if (err == BG_OK) {
    err = bg_claims_decode(token.payload, &claims);
  }
  if (err != BG_OK) {
    return token_unreadable(err, json ? "verified" : NULL);
  }
  return json ? show_json(&token, &claims) : show_person(&token, &claims);
}
