/* SPDX-License-Identifier: BSD-2-Clause */
/* What words of signer.conf's lists may be. */
#include <config.h>

#include <string.h>

#include "../ini.h"
#include "reading.h"

const char *issuing_judge_principal(struct bg_bytes word) {
  static const char others[] = "._@+-";
  bool good = word.len <= BG_NAME_MAX;
  for (size_t i = 0; i < word.len; i++) {
    uint8_t c = word.data[i];
    good = good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                    (c != 0 && strchr(others, c) != NULL));
  }
  return good ? NULL
              : "is no principal: at most 128 lower-case letters, digits and ._@+-, as "
                "trusted_signers has them";
}

const char *issuing_judge_host(struct bg_bytes word) {
  struct bg_bytes group;
  if (bg_bytes_is(word, "*") || issuing_word_is_group(word, &group)) {
    return "is no host: a group takes the ids of hosts only";
  }
  return word.len <= ISSUING_HOST_MAX ? NULL : "is longer than 123 bytes";
}

const char *issuing_judge_rule_host(struct bg_bytes word) {
  struct bg_bytes group;
  if (bg_bytes_is(word, "*") || issuing_word_is_group(word, &group)) {
    return NULL; /* that the group is there is seen later */
  }
  return issuing_judge_host(word);
}

/* Accounts are made long after a rule was written, and root is one. */
const char *issuing_judge_login(struct bg_bytes word) {
  if (bg_bytes_is(word, "*")) {
    return "is refused: it would stand for root, and for accounts that are not there yet; name "
           "each login";
  }
  return word.len <= BG_NAME_MAX ? NULL : "is longer than 128 bytes";
}

const char *issuing_judge_requester(struct bg_bytes word) {
  if (bg_bytes_is(word, "*")) {
    return "is refused: name groups of people, or principals";
  }
  if (issuing_word_is_principal(word)) {
    return issuing_judge_principal(word);
  }
  return bg_ini_is_name(word, true) ? NULL
                                    : "is neither a group of people nor a principal with an @";
}

static bool is_before(struct bg_bytes list, struct bg_bytes word) {
  struct bg_bytes head = bg_bytes(list.data, (size_t)(word.data - list.data));
  return issuing_list_has(head, word);
}

void issuing_list_judge(struct issuing_reading *reading, const struct issuing_value *value,
                        issuing_word_fn *judge) {
  struct bg_bytes list = value->text;
  size_t count = 0;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word); count++) {
    if (count == ISSUING_NAMES_MAX) {
      issuing_reject(reading, value, "has more than %d names", ISSUING_NAMES_MAX);
      return;
    }
    const char *problem = is_before(value->text, word) ? "is there twice" : judge(word);
    if (problem != NULL) {
      issuing_reject(reading, value, "'%.*s' %s", (int)(word.len < 64 ? word.len : 64),
                     (const char *)word.data, problem);
    }
  }
  if (count == 0) {
    issuing_reject(reading, value, "names nothing");
  }
}
