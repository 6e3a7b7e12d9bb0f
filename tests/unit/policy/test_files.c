/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files count, in which order, and which are not trusted. */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy_test.h"

#define ADMIN_D "/etc/breakglass/gate.conf.d/"
#define VENDOR_D "/usr/lib/breakglass/gate.conf.d/"

static const char *below(const char *path) {
  static char text[2][1024];
  static unsigned turn;
  char *full = text[turn++ % 2];
  (void)snprintf(full, sizeof text[0], "%s%s", getenv("BREAKGLASS_TEST_ROOT"), path);
  return full;
}

static int64_t longest(void) {
  struct bg_policy *policy = policy_load_good();
  int64_t seconds = policy->longest_session;
  free(policy);
  return seconds;
}

static void later_files_override_key_by_key(void **state) {
  (void)state;
  test_root_write(VENDOR, "[session]\nlongest = 1m\ntty_audit = yes\n");
  test_root_write(ADMIN, NEEDED);
  assert_int_equal(longest(), 60);
  test_root_write(ADMIN, NEEDED "[session]\nlongest = 2m\n");
  assert_int_equal(longest(), 120);
  test_root_write(VENDOR_D "50-x.conf", "[session]\nlongest = 3m\n");
  assert_int_equal(longest(), 180);
  test_root_write(ADMIN_D "10-x.conf", "[session]\nlongest = 4m\n");
  assert_int_equal(longest(), 240);
  test_root_write(ADMIN_D "9-x.conf", "[session]\nlongest = 5m\n");
  assert_int_equal(longest(), 300);
  struct bg_policy *policy = policy_load_good();
  assert_true(policy->tty_audit); /* an admin file does not replace the vendor's whole */
  free(policy);
}

static void a_list_is_replaced_and_not_added_to(void **state) {
  (void)state;
  test_root_write(VENDOR, "[gate]\nexempt = cron:root atd:root\n");
  struct bg_policy *policy = policy_load_text(NEEDED "[gate]\nexempt = cron:list\n");
  assert_int_equal(policy->exempt_count, 1);
  assert_false(bg_policy_exempts(policy, "cron", "root"));
  free(policy);
}

static void other_files_in_the_folders_are_left_alone(void **state) {
  (void)state;
  test_root_write(ADMIN, NEEDED);
  test_root_write(ADMIN_D "x.conf.bak", "rubbish");
  test_root_write(ADMIN_D ".hidden.conf", "rubbish");
  test_root_write(ADMIN_D ".conf", "rubbish");
  test_root_write(ADMIN_D "README", "rubbish");
  free(policy_load_good());
}

static void no_file_at_all_is_refused(void **state) {
  (void)state;
  static struct told told;
  assert_null(policy_load(&told));
  assert_int_equal(told.count, 2);
  assert_told(&told, ADMIN ":0: [host] id is not set");
  assert_told(&told, ADMIN ":0: [token] signatures is not set");
}

static void missing_folders_are_fine(void **state) {
  (void)state;
  assert_int_equal(rmdir(below(ADMIN_D)), 0);
  assert_int_equal(rmdir(below(VENDOR_D)), 0);
  free(policy_load_text(NEEDED));
}

static void all_problems_are_told_with_their_place(void **state) {
  (void)state;
  static struct told told;
  test_root_write(VENDOR, "[gate]\nmode = maybe\n");
  test_root_write(ADMIN, "nonsense\nkey = 1\n[host]\nid = web-7\nId = 2\n[to ken]\nx = 1\n[token]\n"
                         "signatures = approver:9\n[audit\nrequired = no\n");
  test_root_write(ADMIN_D "a.conf", "[session]\nlongest = 1h\nlongest = 1h\n[other]\nx = 1\n");
  assert_null(policy_load(&told));
  assert_told(&told, VENDOR ":2: [gate] mode: must be enforce");
  assert_told(&told, ADMIN ":1: neither [section] nor key = value");
  assert_told(&told, ADMIN ":2: a key outside of any section");
  assert_told(&told, ADMIN ":5: a key has only lower-case letters");
  assert_told(&told, ADMIN ":6: a section's name has only");
  assert_told(&told, ADMIN ":7: a key outside of any section");
  assert_told(&told, ADMIN ":9: [token] signatures: 'approver:9' has a count that is not 1 to 5");
  assert_told(&told, ADMIN ":10: a section header ends in ]");
  assert_told(&told, ADMIN ":11: a key outside of any section");
  assert_told(&told, "a.conf:3: [session] longest was set in line 2 already");
  assert_told(&told, "a.conf:5: unknown key 'x' in [other]");
  assert_int_equal(told.count, 11);
}

static void an_error_counts_though_a_later_file_overrides_it(void **state) {
  (void)state;
  static struct told told;
  test_root_write(VENDOR, "[session]\nlongest = never\n");
  test_root_write(ADMIN, NEEDED "[session]\nlongest = 1h\n");
  assert_null(policy_load(&told));
  assert_told(&told, VENDOR ":2: ");
}

static void odd_bytes_are_refused(void **state) {
  (void)state;
  assert_refused(NEEDED "[gate]\nhelp = a\tb\n", "control characters");
  assert_refused(NEEDED "[gate]\nhelp = a\r\n", "control characters");
  assert_refused(NEEDED "[gate]\nhelp = \xff\n", "not UTF-8");
  assert_refused(NEEDED "[gate]\nhelp = a\xe2\x80\xae"
                        "b\n",
                 "control characters");
  char text[2048] = NEEDED "# ";
  memset(text + strlen(text), 'x', BG_CONF_LINE_MAX + 1);
  assert_refused(text, "longer than 1024 bytes");
}

static void a_nul_byte_is_refused(void **state) {
  (void)state;
  static const char text[] = NEEDED "[gate]\n# a\0b\n";
  static struct told told;
  test_root_write(ADMIN, "");
  FILE *file = fopen(below(ADMIN), "w");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, sizeof text - 1, file), sizeof text - 1);
  assert_int_equal(fclose(file), 0);
  assert_null(policy_load(&told));
  assert_told(&told, ADMIN ":6: a NUL byte");
}

static void files_that_others_can_write_are_refused(void **state) {
  (void)state;
  static struct told told;
  test_root_write(ADMIN, NEEDED);
  assert_int_equal(chmod(below(ADMIN), 0620), 0);
  assert_null(policy_load(&told));
  assert_told(&told, ADMIN ":0: not a plain file or folder that only its owner can write");
  assert_int_equal(chmod(below(ADMIN), 0602), 0);
  assert_null(policy_load(&told));
  assert_int_equal(chmod(below(ADMIN), 0644), 0);
  free(policy_load_good());
  test_root_write(ADMIN_D "a.conf", "");
  assert_int_equal(chmod(below(ADMIN_D "a.conf"), 0666), 0);
  assert_null(policy_load(&told));
  assert_told(&told, ADMIN_D "a.conf:0: not a plain file");
}

static void links_are_refused(void **state) {
  (void)state;
  static struct told told;
  test_root_write("/etc/real.conf", NEEDED);
  assert_int_equal(symlink(below("/etc/real.conf"), below(ADMIN)), 0);
  assert_null(policy_load(&told));
  assert_told(&told, ADMIN ":0: not a plain file");
  assert_int_equal(unlink(below(ADMIN)), 0);
  test_root_write(ADMIN, NEEDED);
  assert_int_equal(symlink("/nowhere", below(ADMIN_D "a.conf")), 0);
  assert_null(policy_load(&told));
  assert_told(&told, "a.conf:0: not a plain file");
}

static void a_folder_that_others_can_write_is_refused(void **state) {
  (void)state;
  static struct told told;
  test_root_write(ADMIN, NEEDED);
  assert_int_equal(chmod(below(ADMIN_D), 0777), 0);
  assert_null(policy_load(&told));
  assert_int_equal(told.count, 1);
  assert_int_equal(chmod(below(ADMIN_D), 0755), 0);
}

static void a_file_too_large_is_refused(void **state) {
  (void)state;
  static struct told told;
  static char text[BG_CONF_FILE_MAX + 2] = NEEDED;
  memset(text + strlen(text), '\n', BG_CONF_FILE_MAX + 1 - strlen(text));
  test_root_write(ADMIN, text);
  assert_null(policy_load(&told));
  assert_told(&told, ADMIN ":0: too large");
}

static void too_many_drop_ins_are_refused(void **state) {
  (void)state;
  static struct told told;
  test_root_write(ADMIN, NEEDED);
  for (unsigned i = 0; i < 33; i++) {
    char name[64];
    (void)snprintf(name, sizeof name, ADMIN_D "%02u.conf", i);
    test_root_write(name, "[session]\nlongest = 9m\n");
    if (i == 31) {
      assert_int_equal(longest(), 540);
    }
  }
  assert_null(policy_load(&told));
  assert_told(&told, "more than 32 files");
}

static void a_named_file_stands_alone(void **state) {
  (void)state;
  struct bg_policy *policy = NULL;
  test_root_write(VENDOR, "[session]\nlongest = 1m\n");
  test_root_write("/etc/own.conf", "[token]\nsignatures = approver:1\n");
  assert_int_equal(bg_policy_load(below("/etc/own.conf"), NULL, NULL, &policy), BG_OK);
  assert_int_equal(policy->longest_session, 3600);
  assert_string_equal(policy->host_id, "");
  free(policy);
  policy = NULL;
  assert_int_equal(bg_policy_load(below("/etc/none.conf"), NULL, NULL, &policy), BG_REFUSED_CONFIG);
  assert_null(policy);
}

static void find_longest(void *context, const struct bg_setting *setting) {
  if (strcmp(setting->key, "longest") == 0) {
    *(struct bg_setting *)context = *setting;
    ((struct bg_setting *)context)->file = strdup(setting->file);
  }
}

static void settings_say_where_they_come_from(void **state) {
  (void)state;
  struct bg_setting found = {0};
  struct bg_policy *policy = NULL;
  const struct bg_policy_reading reading = {.on_setting = find_longest, .context = &found};
  test_root_write(ADMIN, NEEDED);
  test_root_write(ADMIN_D "b.conf", "[session]\n\nlongest = 9m\n");
  assert_int_equal(bg_policy_read(&reading, &policy), BG_OK);
  assert_int_equal(found.line, 3);
  assert_string_equal(found.file, below(ADMIN_D "b.conf"));
  free((char *)(uintptr_t)found.file);
  free(policy);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, told_setup, told_teardown)
  const struct CMUnitTest tests[] = {
      TEST(later_files_override_key_by_key),
      TEST(a_list_is_replaced_and_not_added_to),
      TEST(other_files_in_the_folders_are_left_alone),
      TEST(no_file_at_all_is_refused),
      TEST(missing_folders_are_fine),
      TEST(all_problems_are_told_with_their_place),
      TEST(an_error_counts_though_a_later_file_overrides_it),
      TEST(odd_bytes_are_refused),
      TEST(a_nul_byte_is_refused),
      TEST(files_that_others_can_write_are_refused),
      TEST(links_are_refused),
      TEST(a_folder_that_others_can_write_is_refused),
      TEST(a_file_too_large_is_refused),
      TEST(too_many_drop_ins_are_refused),
      TEST(a_named_file_stands_alone),
      TEST(settings_say_where_they_come_from),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
