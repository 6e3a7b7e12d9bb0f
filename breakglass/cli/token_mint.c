/* SPDX-License-Identifier: BSD-2-Clause */
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "token_options.h"

struct mint_options {
  const char *key;
  int64_t window;
  bool has_not_before;
  struct bg_claims claims;
};

#define WINDOW_MAX INT64_C(604800) /* gate.conf(5) allows no longer one */

static bool set_audience(struct bg_claims *claims, const char *value) {
  const char *colon = strchr(value, ':');
  if (claims->audience_count == BG_SCOPES_MAX) {
    (void)cli_usage_error("at most %d times --audience", BG_SCOPES_MAX);
    return false;
  }
  if ((strncmp(value, "host:", 5) != 0 && strncmp(value, "group:", 6) != 0) || colon[1] == '\0') {
    (void)cli_usage_error("--audience %s: write host:ID or group:NAME", value);
    return false;
  }
  return token_option_text("audience", value, BG_NAME_SIZE,
                           claims->audiences[claims->audience_count++]);
}

static bool set_source(struct bg_claims *claims, const char *value) {
  return token_option_source(value, claims->sources, &claims->source_count);
}

static bool set_holder(struct bg_claims *claims, const char *path) {
  struct bg_ssh_key key;
  if (!token_option_public_key("holder", path, &key)) {
    return false;
  }
  memcpy(claims->holder, key.sha256, sizeof claims->holder);
  claims->has_holder = true;
  return true;
}

static bool set_level(struct bg_claims *claims, const char *value) {
  if (bg_level_parse(bg_bytes_of(value), &claims->level) != BG_OK) {
    (void)cli_usage_error("--level %s: write refresh, rebuild or reallocate", value);
    return false;
  }
  return true;
}

static const struct option long_options[] = {
    {"key", required_argument, NULL, 'k'},        {"issuer", required_argument, NULL, 'i'},
    {"subject", required_argument, NULL, 's'},    {"audience", required_argument, NULL, 'a'},
    {"login", required_argument, NULL, 'l'},      {"window", required_argument, NULL, 'w'},
    {"max", required_argument, NULL, 'm'},        {"reason", required_argument, NULL, 'r'},
    {"holder", required_argument, NULL, 'o'},     {"source", required_argument, NULL, 'c'},
    {"level", required_argument, NULL, 'e'},      {"nonce", required_argument, NULL, 'n'},
    {"not-before", required_argument, NULL, 'b'}, {0}};

static bool set_option(struct mint_options *options, int option, const char *value) {
  struct bg_claims *claims = &options->claims;
  switch (option) {
  case 'k':
    options->key = value;
    return true;
  case 'i':
    return token_option_text("issuer", value, sizeof claims->issuer, claims->issuer);
  case 's':
    return token_option_text("subject", value, sizeof claims->subject, claims->subject);
  case 'a':
    return set_audience(claims, value);
  case 'l':
    return token_option_text("login", value, sizeof claims->login, claims->login);
  case 'w':
    return token_option_duration("window", value, &options->window);
  case 'm':
    return token_option_duration("max", value, &claims->longest);
  case 'r':
    return token_option_text("reason", value, sizeof claims->reason, claims->reason);
  case 'o':
    return set_holder(claims, value);
  case 'c':
    return set_source(claims, value);
  case 'e':
    return set_level(claims, value);
  case 'n':
    claims->has_nonce = token_option_hex("nonce", value, sizeof claims->nonce, claims->nonce);
    return claims->has_nonce;
  case 'b':
    options->has_not_before = token_option_time("not-before", value, &claims->not_before);
    return options->has_not_before;
  default:
    return false;
  }
}

#define MISSING_SIZE 128

/* All that is missing; empty if nothing is. */
static void name_missing(const struct mint_options *options, char ret_names[static MISSING_SIZE]) {
  const struct bg_claims *claims = &options->claims;
  const struct {
    bool is_missing;
    const char *name;
  } required[] = {
      {options->key == NULL, " --key"},           {claims->issuer[0] == '\0', " --issuer"},
      {claims->subject[0] == '\0', " --subject"}, {claims->audience_count == 0, " --audience"},
      {claims->login[0] == '\0', " --login"},     {options->window == 0, " --window"},
      {claims->longest == 0, " --max"},           {claims->reason[0] == '\0', " --reason"},
  };
  ret_names[0] = '\0';
  for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
    (void)strcat(ret_names, required[i].is_missing ? required[i].name : "");
  }
}

static int mint(struct mint_options *options) {
  struct bg_claims *claims = &options->claims;
  char text[BG_TOKEN_TEXT_MAX + 1];
  const char *longest_claim = NULL;
  int result = CLI_FAILED;
  claims->issued_at = time(NULL);
  if (!options->has_not_before) {
    claims->not_before = claims->issued_at;
  }
  claims->expires = claims->not_before + options->window;
  if (options->window > WINDOW_MAX) {
    return cli_usage_error("--window is at most 7d: no host accepts a longer one");
  }
  if (claims->expires < claims->issued_at || claims->expires > BG_TIME_MAX) {
    return cli_usage_error("--not-before and --window give a time that is over, or beyond 9999");
  }
  randombytes_buf(claims->id, sizeof claims->id);
  struct bg_signing_key *key = token_open_key(options->key, &result);
  if (key == NULL) {
    return result;
  }
  enum bg_error err = bg_mint(key, claims, text, &longest_claim);
  bg_signing_key_free(key);
  return err == BG_OK ? token_print(text) : token_sign_error(err, longest_claim);
}

int cli_token_mint(int argc, char **argv) {
  struct mint_options options = {0};
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (!set_option(&options, option, optarg)) {
      return CLI_USAGE;
    }
  }
  char missing[MISSING_SIZE];
  name_missing(&options, missing);
  if (missing[0] != '\0') {
    return cli_usage_error("mint needs%s; breakglass token mint --help shows all", missing);
  }
  if (optind != argc) {
    return cli_usage_error("mint takes no argument: '%s'", argv[optind]);
  }
  return mint(&options);
}
