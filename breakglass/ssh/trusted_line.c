/* SPDX-License-Identifier: BSD-2-Clause */
#include "trusted_line.h"

#include <string.h>

#include "breakglass/text.h"
#include "fields.h"

bool bg_trusted_line_is_printable(struct bg_bytes line) {
  for (size_t i = 0; i < line.len; i++) {
    if ((line.data[i] < 0x20 || line.data[i] > 0x7E) && line.data[i] != '\t') {
      return false;
    }
  }
  return true;
}

bool bg_trusted_line_is_empty(struct bg_bytes line) {
  bg_skip_blanks(&line);
  return line.len == 0 || line.data[0] == '#';
}

static const char *parse_principal(struct bg_bytes name, struct bg_trusted_key *key) {
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._@+-";
  if (bg_bytes_is(name, "offline")) {
    return "\"offline\" is reserved: it is the issuer of tokens that no service has signed";
  }
  if (bg_bytes_to_text(name, sizeof key->principal, key->principal) != BG_OK ||
      strspn(key->principal, allowed) != name.len) {
    return "the principal must be one name of at most 128 lower-case letters, digits and ._@+-, "
           "without patterns or lists";
  }
  return NULL;
}

/* "YYYYMMDD[HHMM[SS]]Z", later than 1970 began. */
static bool parse_time(struct bg_bytes text, int64_t *ret_time) {
  int part[7] = {0}; /* century, year, month, day, hour, minute, second */
  size_t digits = text.len > 0 ? text.len - 1 : 0;
  if ((digits != 8 && digits != 12 && digits != 14) || text.data[digits] != 'Z') {
    return false;
  }
  for (size_t i = 0; i < digits; i++) {
    if (text.data[i] < '0' || text.data[i] > '9') {
      return false;
    }
    part[i / 2] = part[i / 2] * 10 + (text.data[i] - '0');
  }
  return bg_utc_seconds(part[0] * 100 + part[1], part[2], part[3], part[4], part[5], part[6],
                        ret_time) == BG_OK &&
         *ret_time > 0;
}

static bool parse_role(struct bg_bytes text, enum bg_role *ret_role) {
  static const struct {
    const char *name;
    enum bg_role role;
  } roles[] = {
      {"breakglass-issuer", BG_ROLE_ISSUER},
      {"breakglass-approver", BG_ROLE_APPROVER},
      {"breakglass-requester", BG_ROLE_REQUESTER},
  };
  for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
    if (bg_bytes_is(text, roles[i].name)) {
      *ret_role = roles[i].role;
      return true;
    }
  }
  return false;
}

/* NAME="VALUE" at the front of options, and the comma that parts it from the next. */
static bool take_option(struct bg_bytes *options, struct bg_bytes *ret_name,
                        struct bg_bytes *ret_value) {
  const uint8_t *end = memchr(options->data, '=', options->len);
  if (end == NULL) {
    return false;
  }
  *ret_name = bg_bytes(options->data, (size_t)(end - options->data));
  bg_skip(options, ret_name->len + 1);
  if (options->len == 0 || options->data[0] != '"') {
    return false;
  }
  bg_skip(options, 1);
  end = memchr(options->data, '"', options->len);
  if (end == NULL) {
    return false;
  }
  *ret_value = bg_bytes(options->data, (size_t)(end - options->data));
  bg_skip(options, ret_value->len + 1);
  if (options->len == 0) {
    return true;
  }
  bool is_comma = options->data[0] == ',';
  bg_skip(options, 1);
  return is_comma && options->len > 0;
}

/* Each of key's three fields is zero until its option has been seen. */
static const char *apply_option(struct bg_bytes name, struct bg_bytes value,
                                struct bg_trusted_key *key) {
  static const char twice[] = "an option stands twice";
  static const char no_time[] = "a time must be a real one of the form YYYYMMDD[HHMM[SS]]Z";
  if (bg_bytes_is(name, "namespaces")) {
    if (key->role != 0) {
      return twice;
    }
    return parse_role(value, &key->role) ? NULL
                                         : "namespaces must be exactly one of breakglass-issuer, "
                                           "breakglass-approver and breakglass-requester";
  }
  bool is_after = bg_bytes_is(name, "valid-after");
  if (!is_after && !bg_bytes_is(name, "valid-before")) {
    return "the only options are namespaces, valid-after and valid-before";
  }
  int64_t *time = is_after ? &key->valid_after : &key->valid_before;
  if (*time != 0) {
    return twice;
  }
  return parse_time(value, time) ? NULL : no_time;
}

static const char *parse_options(struct bg_bytes options, struct bg_trusted_key *key) {
  if (options.len == 0) {
    return "a line is: principal namespaces=\"...\" key-type key [comment]";
  }
  while (options.len > 0) {
    struct bg_bytes name = {0};
    struct bg_bytes value = {0};
    if (!take_option(&options, &name, &value)) {
      return "options must be of the form name=\"value\", parted by one comma, without spaces";
    }
    const char *problem = apply_option(name, value, key);
    if (problem != NULL) {
      return problem;
    }
  }
  if (key->role == 0) {
    return "the option namespaces is missing";
  }
  if (key->valid_before == 0) {
    key->valid_before = INT64_MAX;
  }
  return key->valid_after < key->valid_before ? NULL : "valid-before must be after valid-after";
}

static const char *parse_key(struct bg_bytes line, struct bg_ssh_key *key) {
  static const char kinds[] = "the key must be of type ssh-ed25519 or sk-ssh-ed25519@openssh.com";
  enum bg_error err = bg_ssh_key_from_line(line, key);
  if (err == BG_ERR_KEY) {
    return "the key is a certificate, or its application is longer than 128 bytes";
  }
  if (err != BG_OK) {
    return "the key is not well-formed: its type, and one key of this type in padded base64";
  }
  if (key->type == BG_SSH_OTHER) {
    return kinds;
  }
  bool is_sk = key->type == BG_SSH_SK_ED25519;
  return is_sk && strncmp(key->application, "ssh:", 4) != 0
             ? "the application of a hardware key must begin with \"ssh:\""
             : NULL;
}

const char *bg_trusted_line_parse(struct bg_bytes line, struct bg_trusted_key *ret_key) {
  struct bg_trusted_key key = {0};
  const char *problem = parse_principal(bg_take_field(&line), &key);
  if (problem == NULL) {
    problem = parse_options(bg_take_field(&line), &key);
  }
  bg_skip_blanks(&line);
  if (problem == NULL) {
    problem = parse_key(line, &key.key);
  }
  if (problem == NULL) {
    *ret_key = key;
  }
  return problem;
}
