/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures of webhooks, and what is a secret. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "webhook_signature.h"

/* The example that the libraries of Standard Webhooks are held against. */
static void it_signs_as_the_others_do(void **state) {
  struct webhook_secret *secret = NULL;
  char text[WEBHOOK_SIGNATURE_SIZE];
  (void)state;
  assert_int_equal(
      webhook_secret_new(bg_bytes_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"), &secret), BG_OK);
  webhook_sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
               bg_bytes_of("{\"test\": 2432232314}"), text);
  assert_string_equal(text, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  webhook_secret_free(secret);
}

static void what_is_no_secret_is_refused(void **state) {
  static const char *const bad[] = {
      "",
      "\n",
      "whsec_",
      "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n\n",
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ",
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa8=", /* 23 bytes */
  };
  struct webhook_secret *secret = NULL;
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(webhook_secret_new(bg_bytes_of(bad[i]), &secret), BG_ERR_SYNTAX);
    assert_null(secret);
  }
  webhook_secret_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_signs_as_the_others_do),
      cmocka_unit_test(what_is_no_secret_is_refused),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
