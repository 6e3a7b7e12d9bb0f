/* SPDX-License-Identifier: BSD-2-Clause */
/* Who this host says it is: never by accident, never like another. */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy_test.h"

#define TOKEN "[token]\nsignatures = approver:1\n"
#define ID(value) TOKEN "[host]\nid = " value "\n"
#define GOOD_ID "0123456789abcdef0123456789abcdef"

static void assert_id(const char *text, const char *id) {
  struct bg_policy *policy = policy_load_text(text);
  assert_string_equal(policy->host_id, id);
  free(policy);
}

static void a_literal_is_taken_as_it_is(void **state) {
  (void)state;
  assert_id(ID("web-7"), "web-7");
  assert_id(ID("  Web 7, \xc3\xbc  "), "Web 7, \xc3\xbc");
}

static void a_literal_of_the_vendor_is_refused(void **state) {
  (void)state;
  static struct told told;
  test_root_write(VENDOR, ID("web-7"));
  assert_null(policy_load(&told));
  assert_told(&told, VENDOR ":4: [host] id: must be machine-id, dmi-uuid or file:PATH");
  test_root_write(VENDOR, ID("machine-id"));
  test_root_write("/etc/machine-id", GOOD_ID "\n");
  free(policy_load_good());
}

static void ids_that_are_none_are_refused(void **state) {
  (void)state;
  assert_refused(ID(""), "the id is empty");
  assert_refused(ID("0"), "all zero");
  assert_refused(ID("00000000-0000-0000-0000-000000000000"), "all zero");
  assert_refused(ID("uninitialized"), "uninitialized");
  assert_refused(ID("file:relative"), "absolute path");
  char text[512] = TOKEN "[host]\nid = ";
  memset(text + strlen(text), 'x', 124); /* "host:" and 123 bytes are 128 */
  assert_refused(text, "longer than 123 bytes");
  text[strlen(text) - 1] = '\0';
  free(policy_load_text(text));
}

static void the_machine_id_is_read(void **state) {
  (void)state;
  test_root_write("/etc/machine-id", GOOD_ID "\n");
  assert_id(ID("machine-id"), GOOD_ID);
}

static void a_machine_id_not_set_yet_is_refused(void **state) {
  (void)state;
  assert_refused(ID("machine-id"), "machine-id: not found");
  test_root_write("/etc/machine-id", "");
  assert_refused(ID("machine-id"), "the id is empty");
  test_root_write("/etc/machine-id", "\n");
  assert_refused(ID("machine-id"), "the id is empty");
  test_root_write("/etc/machine-id", "uninitialized\n");
  assert_refused(ID("machine-id"), "uninitialized");
  test_root_write("/etc/machine-id", "00000000000000000000000000000000\n");
  assert_refused(ID("machine-id"), "all zero");
  test_root_write("/etc/machine-id", "web-7\n");
  assert_refused(ID("machine-id"), "32 hex digits");
  test_root_write("/etc/machine-id", GOOD_ID "0\n");
  assert_refused(ID("machine-id"), "32 hex digits");
  test_root_write("/etc/machine-id", GOOD_ID "\n" GOOD_ID "\n");
  assert_refused(ID("machine-id"), "control characters");
}

static void make_dmi_folder(void) {
  static const char *const folders[] = {"/sys", "/sys/class", "/sys/class/dmi",
                                        "/sys/class/dmi/id"};
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s%s", getenv("BREAKGLASS_TEST_ROOT"), folders[i]);
    assert_int_equal(mkdir(path, 0755), 0);
  }
}

static void the_dmi_uuid_is_read_in_lower_case(void **state) {
  (void)state;
  make_dmi_folder();
  test_root_write("/sys/class/dmi/id/product_uuid", "6F1D0F4A-0E4E-4B4B-8F6B-0A1B2C3D4E5F\n");
  assert_id(ID("dmi-uuid"), "6f1d0f4a-0e4e-4b4b-8f6b-0a1b2c3d4e5f");
}

static void a_dmi_uuid_that_firmware_made_up_is_refused(void **state) {
  (void)state;
  assert_refused(ID("dmi-uuid"), "not found");
  make_dmi_folder();
  test_root_write("/sys/class/dmi/id/product_uuid", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF\n");
  assert_refused(ID("dmi-uuid"), "no UUID of its own");
  test_root_write("/sys/class/dmi/id/product_uuid", "00000000-0000-0000-0000-000000000000\n");
  assert_refused(ID("dmi-uuid"), "all zero");
  test_root_write("/sys/class/dmi/id/product_uuid", "Not Settable\n");
  assert_refused(ID("dmi-uuid"), "not a UUID");
}

static const char *id_from_file(char text[static 1024]) {
  (void)snprintf(text, 1024, TOKEN "[host]\nid = file:%s/etc/the-id\n",
                 getenv("BREAKGLASS_TEST_ROOT"));
  return text;
}

static void an_id_file_is_read_and_must_be_safe(void **state) {
  (void)state;
  char text[1024];
  char path[1024];
  (void)snprintf(path, sizeof path, "%s/etc/the-id", getenv("BREAKGLASS_TEST_ROOT"));
  assert_refused(id_from_file(text), "not found");
  test_root_write("/etc/the-id", "  i-0123 \n");
  assert_id(text, "i-0123");
  assert_int_equal(chmod(path, 0666), 0);
  assert_refused(text, "only its owner can write");
  test_root_write("/etc/the-id", "two\nlines\n");
  assert_refused(text, "control characters");
}

static struct bg_policy *read_image(void) {
  const struct bg_policy_reading reading = {.image = true};
  struct bg_policy *policy = NULL;
  enum bg_error err = bg_policy_read(&reading, &policy);
  assert_true(err == BG_OK || err == BG_REFUSED_CONFIG);
  return policy;
}

static void an_image_has_no_identity_yet(void **state) {
  (void)state;
  test_root_write(ADMIN, ID("machine-id"));
  struct bg_policy *policy = read_image();
  assert_non_null(policy);
  assert_string_equal(policy->host_id, "");
  free(policy);
  test_root_write(ADMIN, TOKEN); /* but it must say where it will come from */
  assert_null(read_image());
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, told_setup, told_teardown)
  const struct CMUnitTest tests[] = {
      TEST(a_literal_is_taken_as_it_is),
      TEST(a_literal_of_the_vendor_is_refused),
      TEST(ids_that_are_none_are_refused),
      TEST(the_machine_id_is_read),
      TEST(a_machine_id_not_set_yet_is_refused),
      TEST(the_dmi_uuid_is_read_in_lower_case),
      TEST(a_dmi_uuid_that_firmware_made_up_is_refused),
      TEST(an_id_file_is_read_and_must_be_safe),
      TEST(an_image_has_no_identity_yet),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
