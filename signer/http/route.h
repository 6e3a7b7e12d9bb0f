/* SPDX-License-Identifier: BSD-2-Clause */
/* Which route a request takes: a pure function of the table, the method and the path as sent. */
#ifndef SIGNER_HTTP_ROUTE_H
#define SIGNER_HTTP_ROUTE_H

#include "http.h"

#define HTTP_ALLOW_SIZE 64

struct route_match {
  const struct http_route *route;         /* NULL: none for this method */
  bool found;                             /* the path is known, with this method or another */
  char parameter[HTTP_PARAMETER_MAX + 1]; /* empty if the path has none */
  char allow[HTTP_ALLOW_SIZE];            /* the methods of the path, for the header Allow */
};

/* path: without its query. */
void route_find(const struct http_route *routes, struct bg_bytes method, struct bg_bytes path,
                struct route_match *ret_match);

#endif
