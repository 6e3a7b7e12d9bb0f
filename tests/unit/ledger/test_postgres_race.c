/* SPDX-License-Identifier: BSD-2-Clause */
/* LEDGER_KILLS=N asks for more. */
#include <config.h>

#include "ledger_test.h"
#include "pg_server.h"

int main(void) {
  if (!pg_server_start()) {
    return PG_SERVER_SKIP;
  }
  int failed = check_kills(pg_server_spec, 2, 20);
  pg_server_stop();
  return failed;
}
