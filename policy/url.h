/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses that a host goes to over the network: a strict part of what URLs can be, so that the
 * library that goes there cannot understand another host by it. Reaches core. */
#ifndef POLICY_URL_H
#define POLICY_URL_H

#include "breakglass/buf.h"

struct bg_url_kind {
  const char *secure;           /* the scheme with TLS */
  const char *plain;            /* the one without, for this machine alone; NULL: none */
  bool path;                    /* whether a path or a query may follow */
  const char *form, *elsewhere; /* what is said of other texts, and of plain to other machines */
};
extern const struct bg_url_kind bg_url_http;    /* https://, http:// */
extern const struct bg_url_kind bg_url_nats;    /* tls://, nats:// */
extern const struct bg_url_kind bg_url_service; /* https:// without a path */

/* What is wrong with it, static; NULL: nothing, and ret_host (may be NULL) is a view of the host's
 * name or address, without the brackets of the latter. */
const char *bg_url_judge(struct bg_bytes url, const struct bg_url_kind *kind,
                         struct bg_bytes *ret_host);

#endif
