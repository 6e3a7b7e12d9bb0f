/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "request_argument.h"

#include <stddef.h>

#include "cli.h"
#include "request_view.h"

const char *request_argument(int argc, char **argv) {
  if (argc - optind != 1) {
    (void)cli_usage_error("%s takes one request's id after its options", argv[0]);
    return NULL;
  }
  if (!request_is_id(argv[optind])) {
    (void)cli_usage_error(
        "'%s' is no request's id: 32 hex digits, as breakglass requests shows them", argv[optind]);
    return NULL;
  }
  return argv[optind];
}
