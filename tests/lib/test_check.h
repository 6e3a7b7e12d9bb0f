/* SPDX-License-Identifier: BSD-2-Clause */
/* For what the tests are made with: aborts where it fails, and says where. */
#ifndef BREAKGLASS_TEST_CHECK_H
#define BREAKGLASS_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

#endif
