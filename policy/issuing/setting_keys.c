/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of [signer]. */
#include <config.h>

#include <stddef.h>
#include <string.h>

#include "../url.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"
#include "reading.h"

static bool begins_with(struct bg_bytes text, const char *prefix) {
  size_t len = strlen(prefix);
  return text.len > len && memcmp(text.data, prefix, len) == 0;
}

static void *field_of(const struct issuing_place *place) {
  return (char *)place->target + place->key->offset;
}

static void parse_text(const struct issuing_place *place) {
  if (bg_bytes_to_text(place->value->text, place->key->size, field_of(place)) != BG_OK) {
    issuing_reject(place->reading, place->value, "is longer than %zu bytes", place->key->size - 1);
  }
}

/* The text, if it is not empty, begins with one of these. */
static void parse_prefixed(const struct issuing_place *place, const char *const prefixes[static 3],
                           const char *what) {
  struct bg_bytes text = place->value->text;
  bool good = text.len == 0 && place->key->fallback != NULL;
  for (size_t i = 0; i < 3 && prefixes[i] != NULL; i++) {
    good = good || begins_with(text, prefixes[i]);
  }
  if (good) {
    parse_text(place);
  } else {
    issuing_reject(place->reading, place->value, "must be %s", what);
  }
}

/* It names the service in signed notes, too, which take no blanks and no +. */
static void parse_name(const struct issuing_place *place) {
  struct bg_bytes text = place->value->text;
  if (text.len == 0) {
    issuing_reject(place->reading, place->value, "is empty");
  } else if (memchr(text.data, ' ', text.len) != NULL || memchr(text.data, '+', text.len) != NULL) {
    issuing_reject(place->reading, place->value, "has a blank or a + in it");
  } else {
    parse_text(place);
  }
}

/* "192.0.2.1:8443", "[2001:db8::1]:8443" */
static bool is_endpoint(struct bg_bytes text) {
  uint8_t address[16];
  int64_t port;
  const uint8_t *colon = memrchr(text.data, ':', text.len);
  if (colon == NULL) {
    return false;
  }
  struct bg_bytes host = bg_bytes(text.data, (size_t)(colon - text.data));
  struct bg_bytes number = bg_bytes(colon + 1, text.len - host.len - 1);
  bool brackets = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
  if (brackets) {
    host = bg_bytes(host.data + 1, host.len - 2);
  }
  bool is_v6 = host.len > 0 && memchr(host.data, ':', host.len) != NULL;
  return is_v6 == brackets && bg_parse_address(host, address) == BG_OK &&
         bg_parse_uint(number, 0, 65535, &port) == BG_OK;
}

static void parse_listen(const struct issuing_place *place) {
  if (place->value->text.len > 0 && !is_endpoint(place->value->text)) {
    issuing_reject(place->reading, place->value,
                   "must be ADDRESS:PORT, as 192.0.2.1:8443 or [2001:db8::1]:8443");
  } else {
    parse_text(place);
  }
}

static void parse_path(const struct issuing_place *place) {
  parse_prefixed(place, (const char *const[3]){"/"}, "an absolute path");
}

/* By default the gate's own. */
static void parse_trusted(const struct issuing_place *place) {
  struct issuing_value value = *place->value;
  if (value.text.len == 0) {
    value.text = bg_bytes_of(bg_paths()->trusted_signers);
  }
  parse_path(&(struct issuing_place){place->reading, place->key, &value, place->target});
}

static void parse_ledger(const struct issuing_place *place) {
  parse_prefixed(place, (const char *const[3]){"sqlite:/", "postgres:"},
                 "sqlite: and an absolute path, or postgres: and how to connect");
}

static void parse_key(const struct issuing_place *place) {
  parse_prefixed(place, (const char *const[3]){"file:/", "agent:SHA256:", "credential:"},
                 "file: and an absolute path, agent:SHA256:FINGERPRINT or credential:NAME");
}

/* Not an agent's: it is no key that signs. */
static void parse_secret(const struct issuing_place *place) {
  parse_prefixed(place, (const char *const[3]){"file:/", "credential:"},
                 "file: and an absolute path, or credential:NAME");
}

static void parse_bool(const struct issuing_place *place) {
  const bool yes = bg_bytes_is(place->value->text, "yes");
  if (!yes && !bg_bytes_is(place->value->text, "no")) {
    issuing_reject(place->reading, place->value, "must be yes or no");
  }
  *(bool *)field_of(place) = yes;
}

static void parse_webhook(const struct issuing_place *place) {
  const struct bg_bytes url = place->value->text;
  const char *problem = url.len > 0 ? bg_url_judge(url, &bg_url_http, NULL) : NULL;
  if (problem != NULL) {
    issuing_reject(place->reading, place->value, "%s", problem);
  } else {
    parse_text(place);
  }
}

#define OLD_KEYS_MAX 4

static void parse_old_keys(const struct issuing_place *place) {
  struct bg_issuing_settings *settings = place->target;
  struct bg_bytes list = place->value->text;
  settings->old_issuer_key_count = 0;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    size_t index = settings->old_issuer_key_count;
    if (index == OLD_KEYS_MAX) {
      issuing_reject(place->reading, place->value, "has more than %d files", OLD_KEYS_MAX);
      return;
    }
    if (!begins_with(word, "/") || bg_bytes_to_text(word, sizeof settings->old_issuer_keys[0],
                                                    settings->old_issuer_keys[index]) != BG_OK) {
      issuing_reject(place->reading, place->value,
                     "takes absolute paths of at most %zu bytes, separated by blanks",
                     sizeof settings->old_issuer_keys[0] - 1);
      return;
    }
    settings->old_issuer_key_count++;
  }
}

#define TEXT(name)                                                                                 \
  .offset = offsetof(struct bg_issuing_settings, name),                                            \
  .size = sizeof(((struct bg_issuing_settings *)NULL)->name)

const struct issuing_key issuing_setting_keys[SETTING_KEYS] = {
    {"name", NULL, parse_name, TEXT(name)},
    {"listen", "", parse_listen, TEXT(listen)},
    {"socket", "", parse_path, TEXT(socket)},
    {"certificate", "", parse_path, TEXT(certificate)},
    {"key", "", parse_path, TEXT(key)},
    {"ledger", "sqlite:/var/lib/breakglass-signer/ledger.db", parse_ledger, TEXT(ledger)},
    {"issuer_key", NULL, parse_key, TEXT(issuer_key)},
    {"old_issuer_keys", "", parse_old_keys},
    {"ca_key", "", parse_key, TEXT(ca_key)},
    {"trusted_signers", "", parse_trusted, TEXT(trusted_signers)},
    {"sink_exec", "no", parse_bool, TEXT(sink_exec)},
    {"webhook", "", parse_webhook, TEXT(webhook)},
    {"webhook_ca", "", parse_path, TEXT(webhook_ca)},
    {"webhook_secret", "", parse_secret, TEXT(webhook_secret)},
};
