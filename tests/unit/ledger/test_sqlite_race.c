/* SPDX-License-Identifier: BSD-2-Clause */
/* LEDGER_KILLS=N asks for more. */
#include <config.h>

#include "ledger_test.h"

int main(void) {
  int failed = check_kills(test_sqlite_spec, 1, 200);
  test_sqlite_remove();
  return failed;
}
