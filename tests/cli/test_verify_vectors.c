/* SPDX-License-Identifier: BSD-2-Clause */
/* "breakglass token verify" over tests/vectors/tokens.json: its exit status and
 * its code, from files and options as a person gives them. */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_paths.h"

#define VECTORS SRCDIR "/tests/vectors/"
#define CONF "/etc/breakglass/gate.conf"
#define HOLDER "/etc/breakglass/holder.pub"
#define TRUSTED "/etc/breakglass/trusted_signers"
#define OUTPUT "/run/output"
#define ARGUMENTS_MAX 64
#define LEAST 600

struct command {
  char store[ARGUMENTS_MAX][1200];
  char *argv[ARGUMENTS_MAX + 1];
  size_t count;
};

static const char *root;
static char program[1024];

__attribute__((format(printf, 2, 3))) static void add(struct command *command, const char *format,
                                                      ...) {
  va_list args;
  assert_true(command->count < ARGUMENTS_MAX);
  char *text = command->store[command->count];
  va_start(args, format);
  int len = vsnprintf(text, sizeof command->store[0], format, args);
  va_end(args);
  assert_true(len >= 0 && (size_t)len < sizeof command->store[0]);
  command->argv[command->count++] = text;
  command->argv[command->count] = NULL;
}

static const char *text_of(const json_t *json, const char *name) {
  return json_string_value(json_object_get(json, name));
}

static void add_text(struct command *command, const char *option, const json_t *json,
                     const char *name) {
  const char *text = text_of(json, name);
  if (text != NULL) {
    add(command, "--%s=%s", option, text);
  }
}

static void add_time(struct command *command, const char *option, const json_t *json,
                     const char *name) {
  const json_t *value = json_object_get(json, name);
  if (json_is_integer(value)) {
    add(command, "--%s=%lld", option, (long long)json_integer_value(value));
  }
}

static void write_conf(const json_t *policy) {
  char text[2048];
  const char *name = NULL;
  json_t *value = NULL;
  size_t len = (size_t)snprintf(text, sizeof text, "[host]\nid = unused\n[token]\n%s",
                                json_object_get(policy, "signatures") != NULL
                                    ? ""
                                    : "signatures = issuer:1+approver:1 | approver:3\n");
  json_object_foreach((json_t *)(uintptr_t)policy, name, value) {
    char number[24];
    (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    len += (size_t)snprintf(text + len, sizeof text - len, "%s = %s\n", name,
                            json_is_string(value)    ? json_string_value(value)
                            : json_is_integer(value) ? number
                            : json_is_true(value)    ? "yes"
                                                     : "no");
    assert_true(len < sizeof text);
  }
  test_root_write(CONF, text);
}

/* A copy: the checkout may be another user's. */
static void write_trusted(const char *name) {
  char path[1024];
  char text[65536];
  (void)snprintf(path, sizeof path, VECTORS "trusted/%s", name);
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  size_t len = fread(text, 1, sizeof text - 1, file);
  (void)fclose(file);
  text[len] = '\0';
  test_root_write(TRUSTED, text);
}

static void build(const json_t *json, struct command *command) {
  size_t i = 0;
  json_t *group = NULL;
  command->count = 0;
  write_conf(json_object_get(json, "policy"));
  write_trusted(text_of(json, "trusted"));
  add(command, "%s", program);
  add(command, "token");
  add(command, "verify");
  add(command, "--json");
  add(command, "--config=%s" CONF, root);
  add_text(command, "host", json, "host");
  add_text(command, "login", json, "login");
  add_text(command, "address", json, "address");
  add_text(command, "challenge", json, "challenge");
  add_time(command, "at", json, "at");
  add_time(command, "booted-at", json, "booted_at");
  json_array_foreach(json_object_get(json, "groups"), i, group) {
    add(command, "--group=%s", json_string_value(group));
  }
  if (text_of(json, "holder") != NULL) {
    test_root_write(HOLDER, text_of(json, "holder"));
    add(command, "--holder=%s" HOLDER, root);
  }
  add(command, "--");
}

static int run(const struct command *command, const char *output) {
  int status = 0;
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    int out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (out >= 0 && null >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0) {
      (void)execv(program, command->argv);
    }
    _exit(127);
  }
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool agrees(const json_t *json, struct command *command) {
  char output[1024];
  char token[4096];
  const char *wanted = text_of(json, "code");
  const bool accepted = strcmp(wanted, "accepted") == 0;
  json_error_t error;
  build(json, command);
  (void)snprintf(token, sizeof token, "%s", text_of(json, "token"));
  command->argv[command->count] = token;
  command->argv[command->count + 1] = NULL;
  (void)snprintf(output, sizeof output, "%s" OUTPUT, root);
  int status = run(command, output);
  json_t *answer = json_load_file(output, JSON_REJECT_DUPLICATES, &error);
  const char *code = text_of(answer, "code");
  bool same = status == (accepted ? 0 : 3) &&
              json_is_true(json_object_get(answer, "accepted")) == accepted &&
              (accepted ? code == NULL : code != NULL && strcmp(code, wanted) == 0);
  if (!same) {
    print_error("%s: exit status %d, code %s, not %s\n", text_of(json, "name"), status,
                code != NULL ? code : "none", wanted);
  }
  json_decref(answer);
  return same;
}

/* No option sets the clock's mark; gate.conf knows no skew of zero and no rule
 * without an approver. */
static bool can_be_told(const json_t *json) {
  const json_t *policy = json_object_get(json, "policy");
  const json_t *skew = json_object_get(policy, "clock_skew");
  const char *rule = text_of(policy, "signatures");
  return json_is_null(json_object_get(json, "mark")) &&
         !(json_is_integer(skew) && json_integer_value(skew) == 0) &&
         (rule == NULL || strstr(rule, "approver") != NULL);
}

static void all_vectors_get_their_code(void **state) {
  (void)state;
  static struct command command;
  json_error_t error;
  json_t *all = json_load_file(VECTORS "tokens.json", JSON_REJECT_DUPLICATES, &error);
  json_t *json = NULL;
  size_t i = 0;
  size_t wrong = 0;
  size_t run_count = 0;
  assert_non_null(all);
  json_array_foreach(json_object_get(all, "vectors"), i, json) {
    if (can_be_told(json)) {
      run_count++;
      wrong += agrees(json, &command) ? 0 : 1;
    }
  }
  json_decref(all);
  assert_int_equal(wrong, 0);
  assert_true(run_count >= LEAST);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(all_vectors_get_their_code)};
  const char *build_folder = getenv("top_builddir");
  (void)snprintf(program, sizeof program, "%s/tests/lib/breakglass",
                 build_folder != NULL ? build_folder : ".");
  root = test_root_create();
  int result = cmocka_run_group_tests(tests, NULL, NULL);
  test_root_remove();
  return result;
}
