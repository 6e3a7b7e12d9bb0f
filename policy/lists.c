/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys whose value is a list, separated by spaces or commas. */
#include <config.h>

#include <string.h>

#include "breakglass/text.h"
#include "conf.h"
#include "words.h"

#define GROUP_NAME_MAX (BG_NAME_MAX - sizeof "group:" + 1)

static void reject_word(const struct bg_conf_value *value, struct bg_bytes word, const char *why) {
  bg_conf_reject(value, "'%.*s' %s", (int)word.len, (const char *)word.data, why);
}

/* A PAM service: the name of a file, so no slash and no leading dot. */
static bool is_service(struct bg_bytes name) {
  for (size_t i = 0; i < name.len; i++) {
    uint8_t c = name.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && (c == '\0' || strchr(i == 0 ? "_" : "_-.@", c) == NULL)) {
      return false;
    }
  }
  return name.len > 0 && name.len < BG_SERVICE_NAME_SIZE;
}

static bool is_way_in(struct bg_bytes service) {
  return bg_bytes_is(service, "sshd") || bg_bytes_is(service, "login");
}

/* Anybody may call these, and their user is not the caller. su's is neither, but the
 * gate lets an exemption for it hold for root alone. */
static bool is_called_by_anybody(struct bg_bytes service) {
  return bg_bytes_is(service, "sudo") || bg_bytes_is(service, "sudo-i") ||
         bg_bytes_is(service, "polkit-1");
}

/* "service:user" */
static const char *parse_exemption(struct bg_bytes word, struct bg_exempt *exempt) {
  const uint8_t *colon = memchr(word.data, ':', word.len);
  if (colon == NULL) {
    return "is not of the form service:user";
  }
  size_t at = (size_t)(colon - word.data);
  struct bg_bytes service = bg_bytes(word.data, at);
  struct bg_bytes user = bg_bytes(colon + 1, word.len - at - 1);
  if (!is_service(service)) {
    return "does not begin with the name of a PAM service";
  }
  if (is_way_in(service)) {
    return "would open the gate: logins cannot be exempted";
  }
  if (is_called_by_anybody(service)) {
    return "would let any local process through: this service cannot be exempted";
  }
  if (user.len == 0) {
    return "names no user; * is everybody";
  }
  if (bg_bytes_to_text(service, sizeof exempt->service, exempt->service) != BG_OK ||
      bg_bytes_to_text(user, sizeof exempt->user, exempt->user) != BG_OK) {
    return "is too long";
  }
  return NULL;
}

void bg_conf_parse_exempt(const struct bg_conf_value *value) {
  struct bg_policy *policy = value->conf->policy;
  struct bg_bytes list = value->text;
  policy->exempt_count = 0;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (policy->exempt_count == BG_EXEMPT_MAX) {
      bg_conf_reject(value, "has more than %d entries", BG_EXEMPT_MAX);
      return;
    }
    const char *problem = parse_exemption(word, &policy->exempt[policy->exempt_count]);
    if (problem != NULL) {
      reject_word(value, word, problem);
    } else {
      policy->exempt_count++;
    }
  }
}

void bg_conf_parse_session_services(const struct bg_conf_value *value) {
  struct bg_policy *policy = value->conf->policy;
  struct bg_bytes list = value->text;
  policy->session_service_count = 0;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (policy->session_service_count == BG_SERVICES_MAX) {
      bg_conf_reject(value, "has more than %d entries", BG_SERVICES_MAX);
      return;
    }
    if (!is_service(word)) {
      reject_word(value, word, "is not the name of a PAM service");
    } else if (is_way_in(word)) {
      reject_word(value, word, "begins a session: it cannot be used inside one");
    } else {
      char *name = policy->session_services[policy->session_service_count++];
      memcpy(name, word.data, word.len);
      name[word.len] = '\0';
    }
  }
}

void bg_conf_parse_groups(const struct bg_conf_value *value) {
  struct bg_policy *policy = value->conf->policy;
  struct bg_bytes list = value->text;
  policy->group_count = 0;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (policy->group_count == BG_GROUPS_MAX) {
      bg_conf_reject(value, "has more than %d entries", BG_GROUPS_MAX);
      return;
    }
    if (word.len > GROUP_NAME_MAX) {
      reject_word(value, word, "is too long for a group's name");
    } else {
      char *name = policy->groups[policy->group_count++];
      memcpy(name, word.data, word.len);
      name[word.len] = '\0';
    }
  }
}

void bg_conf_parse_sinks(const struct bg_conf_value *value) {
  struct bg_bytes list = value->text;
  struct bg_policy *policy = value->conf->policy;
  policy->sink_exec = policy->sink_webhook = policy->sink_nats = false;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (bg_bytes_is(word, "exec")) {
      policy->sink_exec = true;
    } else if (bg_bytes_is(word, "webhook")) {
      policy->sink_webhook = true;
    } else if (bg_bytes_is(word, "nats")) {
      policy->sink_nats = true;
    } else if (!bg_bytes_is(word, "journal")) {
      reject_word(value, word, "is no sink: journal, exec, webhook and nats are");
    }
  }
}
