/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of routes as the service has it: "METHOD PATH BODY-MAX" a line. */
#include <stdio.h>

#include "../../signer/desk/desk.h"

int main(void) {
  for (const struct http_route *route = desk_routes; route->method != NULL; route++) {
    printf("%s %s %zu\n", route->method, route->pattern, route->body_max);
  }
  return 0;
}
