/* SPDX-License-Identifier: BSD-2-Clause */
/* [token] signatures: "issuer:1+approver:1 | approver:3". */
#include <config.h>

#include <string.h>

#include "breakglass/text.h"
#include "conf.h"
#include "words.h"

/* "role:count" */
static const char *parse_part(struct bg_bytes part, struct bg_quorum *quorum) {
  struct bg_bytes number = part;
  struct bg_bytes role = bg_conf_cut(&number, ':');
  unsigned *count = bg_bytes_is(role, "issuer")     ? &quorum->issuers
                    : bg_bytes_is(role, "approver") ? &quorum->approvers
                                                    : NULL;
  int64_t wanted;
  if (count == NULL) {
    return "has a part that is neither issuer:N nor approver:N";
  }
  if (*count != 0) {
    return "names a role twice";
  }
  if (bg_parse_uint(number, 1, BG_SIGNATURES_MAX, &wanted) != BG_OK) {
    return "has a count that is not 1 to 5";
  }
  *count = (unsigned)wanted;
  return NULL;
}

static const char *parse_alternative(struct bg_bytes text, struct bg_quorum *quorum) {
  *quorum = (struct bg_quorum){0};
  bool more;
  do {
    more = text.len > 0 && memchr(text.data, '+', text.len) != NULL;
    const char *problem = parse_part(bg_conf_cut(&text, '+'), quorum);
    if (problem != NULL) {
      return problem;
    }
  } while (more);
  if (quorum->approvers == 0) {
    return "needs an approver: without one, a stolen signing service alone would open this host";
  }
  if (quorum->issuers + quorum->approvers > BG_SIGNATURES_MAX) {
    return "needs more signatures than the 5 that a token can have";
  }
  return NULL;
}

void bg_conf_parse_signatures(const struct bg_conf_value *value) {
  struct bg_token_policy *token = &value->conf->policy->token;
  struct bg_bytes text = value->text;
  bool more;
  token->quorum_count = 0;
  do {
    if (token->quorum_count == BG_ALTERNATIVES_MAX) {
      bg_conf_reject(value, "has more than %d alternatives", BG_ALTERNATIVES_MAX);
      return;
    }
    more = text.len > 0 && memchr(text.data, '|', text.len) != NULL;
    struct bg_bytes alternative = bg_conf_cut(&text, '|');
    const char *problem = parse_alternative(alternative, &token->quorums[token->quorum_count]);
    if (problem != NULL) {
      bg_conf_reject(value, "'%.*s' %s", (int)alternative.len, (const char *)alternative.data,
                     problem);
    } else {
      token->quorum_count++;
    }
  } while (more);
}
