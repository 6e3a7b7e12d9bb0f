/* SPDX-License-Identifier: BSD-2-Clause */
#include "token_options.h"

#include <stdio.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define INPUT_MAX 4096

/* What a pipe or an editor puts around the token is not part of it. */
static bool read_input(size_t size, char *input, const char **ret_text) {
  size_t len = fread(input, 1, size - 1, stdin);
  input[len] = '\0';
  *ret_text = input;
  if (ferror(stdin) || strlen(input) != len) {
    (void)cli_usage_error("standard input is not a token");
    return false;
  }
  if (len == size - 1) { /* more than read may follow: it is too long as it is */
    return true;
  }
  while (len > 0 && strchr(BLANKS, input[len - 1]) != NULL) {
    input[--len] = '\0';
  }
  *ret_text = input + strspn(input, BLANKS);
  return true;
}

bool token_argument(int argc, char **argv, char ret_text[static TOKEN_ARGUMENT_SIZE]) {
  char input[INPUT_MAX];
  if (argc - optind != 1) {
    (void)cli_usage_error("%s takes one token after its options, or - for standard input", argv[0]);
    return false;
  }
  const char *text = argv[optind];
  if (strcmp(text, "-") == 0 && !read_input(sizeof input, input, &text)) {
    return false;
  }
  (void)snprintf(ret_text, TOKEN_ARGUMENT_SIZE, "%s", text);
  return true;
}

bool token_option_time(const char *option, const char *value, int64_t *ret_seconds) {
  if (bg_parse_time(bg_bytes_of(value), ret_seconds) != BG_OK) {
    (void)cli_usage_error("--%s %s is no time: write 2026-01-31T12:00:00Z or Unix seconds", option,
                          value);
    return false;
  }
  return true;
}

bool token_option_duration(const char *option, const char *value, int64_t *ret_seconds) {
  if (bg_parse_duration(bg_bytes_of(value), INT32_MAX, ret_seconds) != BG_OK) {
    (void)cli_usage_error("--%s %s is no duration: write 90s, 10m, 2h or 1d", option, value);
    return false;
  }
  return true;
}

bool token_option_hex(const char *option, const char *value, size_t len, uint8_t *ret_bytes) {
  if (bg_parse_hex(bg_bytes_of(value), len, ret_bytes) != BG_OK) {
    (void)cli_usage_error("--%s takes %zu hex digits, as the host has shown them", option, 2 * len);
    return false;
  }
  return true;
}

bool token_option_text(const char *option, const char *value, size_t size, char *ret_text) {
  const struct bg_bytes text = bg_bytes_of(value);
  if (text.len == 0 || text.len >= size || !bg_text_is_clean(text)) {
    (void)cli_usage_error("--%s takes 1 to %zu bytes of UTF-8 text without control characters; "
                          "this has %zu",
                          option, size - 1, text.len);
    return false;
  }
  return bg_bytes_to_text(text, size, ret_text) == BG_OK;
}

bool token_option_source(const char *value, char (*sources)[BG_NAME_SIZE], size_t *count) {
  struct bg_cidr cidr;
  if (*count == BG_SCOPES_MAX) {
    (void)cli_usage_error("at most %d times --source", BG_SCOPES_MAX);
    return false;
  }
  if (bg_parse_cidr(bg_bytes_of(value), &cidr) != BG_OK) {
    (void)cli_usage_error("--source %s: write an address block such as 192.0.2.0/24 or "
                          "2001:db8::/32, bits after the prefix zero",
                          value);
    return false;
  }
  return token_option_text("source", value, BG_NAME_SIZE, sources[(*count)++]);
}

bool token_option_public_key(const char *option, const char *path, struct bg_ssh_key *ret_key) {
  enum bg_error err = bg_ssh_key_from_file(path, ret_key);
  if (err != BG_OK) {
    (void)cli_usage_error("--%s %s: %s; it takes a public key file such as ~/.ssh/id_ed25519.pub",
                          option, path, bg_strerror(err));
  }
  return err == BG_OK;
}

static int key_file_error(enum bg_error err, const char *path) {
  switch (err) {
  case BG_ERR_NOT_FOUND:
    return cli_failure("%s: there is no such file", path);
  case BG_ERR_UNSAFE:
    return cli_failure("%s must be a plain file of your own that nobody else can read: "
                       "chmod 600 %s",
                       path, path);
  case BG_ERR_KEY:
    return cli_failure("%s is encrypted, or no ed25519 key. An encrypted ed25519 key works "
                       "through ssh-agent: ssh-add %s, then --key agent:FINGERPRINT as "
                       "ssh-add -l shows it",
                       path, path);
  case BG_ERR_SYNTAX:
    return cli_failure("%s is not an OpenSSH private key; ssh-keygen -t ed25519 makes one", path);
  default:
    return cli_failure("%s: %s", path, bg_strerror(err));
  }
}

static int agent_error(enum bg_error err, const char *fingerprint) {
  switch (err) {
  case BG_ERR_AGENT:
    return cli_failure("no ssh-agent answers at SSH_AUTH_SOCK: start one with "
                       "eval \"$(ssh-agent)\" and add the key with ssh-add");
  case BG_ERR_NOT_FOUND:
    return cli_failure("the ssh-agent has no key %s; ssh-add -l shows those it has, "
                       "ssh-add FILE adds one",
                       fingerprint);
  case BG_ERR_KEY:
    return cli_failure("%s cannot sign tokens: only ed25519 and ed25519-sk keys do", fingerprint);
  default:
    return cli_failure("ssh-agent: %s", bg_strerror(err));
  }
}

struct bg_signing_key *token_open_key(const char *spec, int *ret_exit) {
  struct bg_signing_key *key = NULL;
  enum bg_error err = bg_signing_key_open(spec, 0, &key);
  if (err == BG_OK) {
    return key;
  }
  const char *name = strchr(spec, ':');
  if (err == BG_ERR_RANGE || name == NULL) {
    *ret_exit =
        cli_usage_error("--key %s: write file:PATH or agent:SHA256:... (see ssh-add -l)", spec);
  } else if (*spec == 'f') {
    *ret_exit = key_file_error(err, name + 1);
  } else {
    *ret_exit = agent_error(err, name + 1);
  }
  return NULL;
}

int token_sign_error(enum bg_error err, const char *longest_claim) {
  switch (err) {
  case BG_ERR_TOO_LARGE:
    return cli_failure("the token would be longer than %d characters, which a login prompt "
                       "cannot take: shorten the %s",
                       BG_TOKEN_TEXT_MAX, longest_claim);
  case BG_ERR_AGENT_REFUSED:
    return cli_failure(
        "the ssh-agent refused to sign. Either its confirmation was denied, or it found no "
        "askpass program to ask with (a key added with ssh-add -c needs SSH_ASKPASS and a "
        "display); or the key was added with ssh-add -h: such a key only logs in, add it again "
        "without -h; or a hardware key was not touched in time");
  case BG_ERR_AGENT:
    return cli_failure("the ssh-agent gave no good signature: is it still running?");
  case BG_ERR_EXISTS:
    return cli_failure("this key has signed the token already; another person has to sign");
  case BG_ERR_RANGE:
    return cli_failure("a token carries at most %d signatures", BG_SIGNATURES_MAX);
  default:
    return bg_refusal_code(err) != NULL ? token_refused(err, NULL)
                                        : cli_failure("%s", bg_strerror(err));
  }
}

int token_refused(enum bg_error err, const char *json_answer) {
  (void)fprintf(stderr, "refused: %s\n", bg_refusal_code(err));
  if (json_answer != NULL) {
    printf("{\"%s\":false,\"code\":\"%s\"}\n", json_answer, bg_refusal_code(err));
  }
  return CLI_REFUSED;
}

int token_unreadable(enum bg_error err, const char *json_answer) {
  int result = token_refused(err, json_answer);
  (void)fprintf(stderr, "%s%s\n", bg_strerror(err),
                err == BG_REFUSED_MALFORMED ? "; one that is in a file is given as: - <FILE" : "");
  return result;
}

int token_print(const char *line) {
  (void)puts(line);
  return CLI_OK;
}
