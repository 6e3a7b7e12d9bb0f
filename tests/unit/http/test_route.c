/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "signer/http/route.h"

static void nothing(struct http_exchange *exchange, void *context) {
  (void)exchange, (void)context;
}

static const struct http_route routes[] = {
    {"GET", "/v1/requests", 0, nothing},
    {"POST", "/v1/requests", 1, nothing},
    {"GET", "/v1/requests/{id}", 0, nothing},
    {"GET", "/v1/requests/{id}/draft", 0, nothing},
    {"POST", "/v1/requests/{id}/denials", 0, nothing},
    {NULL, NULL, 0, NULL},
};

static struct route_match find(const char *method, const char *path) {
  struct route_match match;
  route_find(routes, bg_bytes_of(method), bg_bytes_of(path), &match);
  return match;
}

static void a_path_and_a_method_find_their_route(void **state) {
  (void)state;
  assert_ptr_equal(find("GET", "/v1/requests").route, &routes[0]);
  assert_ptr_equal(find("HEAD", "/v1/requests").route, &routes[0]);
  assert_ptr_equal(find("POST", "/v1/requests").route, &routes[1]);
  assert_ptr_equal(find("GET", "/v1/requests/a-Z_9").route, &routes[2]);
  assert_ptr_equal(find("GET", "/v1/requests/1/draft").route, &routes[3]);
  assert_string_equal(find("GET", "/v1/requests/a-Z_9/draft").parameter, "a-Z_9");
  assert_string_equal(find("GET", "/v1/requests").parameter, "");
}

static void a_path_is_compared_byte_for_byte(void **state) {
  static const char *const unknown[] = {
      "",
      "/",
      "v1/requests",
      "/v1/request",
      "/v1/requests/",
      "//v1/requests",
      "/V1/requests",
      "/v1/%72equests",
      "/v1/requests//draft",
      "/v1/requests/1/drafts",
      "/v1/requests/1/draft/",
      "/v1/requests/..",
      "/v1/requests/a.b/draft",
      "/v1/requests/a%20b",
      "/v1/requests/1/2/draft",
      "*",
      "http://host/v1/requests",
  };
  (void)state;
  for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
    assert_false(find("GET", unknown[i]).found);
  }
}

static void a_known_path_says_its_methods(void **state) {
  (void)state;
  struct route_match match = find("DELETE", "/v1/requests");
  assert_true(match.found);
  assert_null(match.route);
  assert_string_equal(match.allow, "GET, HEAD, POST");
  assert_null(find("HEAD", "/v1/requests/1/denials").route);
  assert_string_equal(find("GET", "/v1/requests/1/denials").allow, "POST");
  assert_null(find("get", "/v1/requests").route);
}

static void a_parameter_has_64_characters_at_most(void **state) {
  char path[128] = "/v1/requests/";
  (void)state;
  memset(path + 13, 'x', HTTP_PARAMETER_MAX);
  assert_int_equal(strlen(find("GET", path).parameter), HTTP_PARAMETER_MAX);
  path[13 + HTTP_PARAMETER_MAX] = 'x';
  assert_false(find("GET", path).found);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_path_and_a_method_find_their_route),
      cmocka_unit_test(a_path_is_compared_byte_for_byte),
      cmocka_unit_test(a_known_path_says_its_methods),
      cmocka_unit_test(a_parameter_has_64_characters_at_most),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
