/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a host for the benchmark and keeps it while it is run:
 *
 *   bench_host MODULE COMMAND...   makes the root, a tmpfs as its run/, the PAM
 *                                  stacks; runs COMMAND; removes all
 *   bench_host --tokens COUNT SIGNATURES good|bad   prints tokens, one a line
 *   bench_host --provide           what the boot unit and the end of a session do: files
 *                                  for the next 16 events
 *   bench_host --age               adds 100,000 spent ids and 10,000 events
 */
#include <config.h>

#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/file.h"
#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"
#include "test_paths.h"
#include "test_token.h"
#include "timing.h"

#define AGED_TOKENS 100000
#define AGED_EVENTS 10000

static void write_stack(const char *service, const char *auth, const char *rest) {
  char path[128];
  char stack[4096];
  (void)snprintf(path, sizeof path, "/pam/%s", service);
  (void)snprintf(stack, sizeof stack,
                 "auth requisite %s\naccount required %s\nsession required %s\n", auth, rest, rest);
  test_root_write(path, stack);
}

/* A tmpfs of this process and its children alone; audit.session lies on it, too,
 * so that writing it adds nothing to what a login has to bring to disk. */
static void mount_run(const char *root) {
  char run[1024];
  (void)snprintf(run, sizeof run, "%s/run", root);
  check(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0,
        "unshare (the benchmark runs as root)");
  check(mount("tmpfs", run, "tmpfs", 0, "mode=0755,size=256m,nr_inodes=400000") == 0 &&
            mkdir(bg_paths()->run, 0755) == 0,
        "mount");
}

/* As a sealed host without drop-ins has it. */
static void write_vendor_conf(void) {
  char text[8192];
  FILE *file = fopen(SRCDIR "/policy/gate.conf", "r");
  size_t len = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
  check(len > 0, "gate.conf");
  (void)fclose(file);
  text[len] = '\0';
  test_root_write("/usr/lib/breakglass/gate.conf", text);
  check(rmdir(bg_paths()->vendor_conf_dir) == 0 && rmdir(bg_paths()->admin_conf_dir) == 0, "rmdir");
}

static void make_host(const char *module) {
  char path[1024];
  char oath[1200];
  const char *root = test_root_create();
  mount_run(root);
  (void)snprintf(path, sizeof path, "%s/pam", root);
  check(mkdir(path, 0755) == 0, path);
  write_stack("login", module, module);
  (void)snprintf(oath, sizeof oath, "pam_oath.so usersfile=%s/users.oath window=20 digits=6", root);
  write_stack("oath", oath, "pam_permit.so");
  write_stack("empty", "pam_permit.so", "pam_permit.so");
  write_stack("other", "pam_deny.so", "pam_deny.so");
  test_root_write("/run/audit.session", "1");
  test_host_write("[audit]\nrequired = no\n");
  write_vendor_conf();
  const struct timespec hour_ago = {.tv_sec = bg_clock_now() - 3600};
  int64_t epoch;
  check(bg_run_state_prepare(hour_ago.tv_sec, &epoch) == BG_OK &&
            bg_stamp_write(bg_paths()->epoch, bg_paths()->owner, hour_ago) == BG_OK,
        "run state");
}

/* The way to a host's files is short: in the benchmark, too. The tmpfs moves
 * along, and all of it ends with the process. */
#define SHORT_ROOT "/mnt"

static void shorten_root(void) {
  check(unshare(CLONE_NEWNS) == 0 &&
            mount(getenv("BREAKGLASS_TEST_ROOT"), SHORT_ROOT, NULL, MS_BIND | MS_REC, NULL) == 0 &&
            setenv("BREAKGLASS_TEST_ROOT", SHORT_ROOT, 1) == 0,
        SHORT_ROOT);
}

static int run_on_host(int argc, char **argv) {
  if (argc < 3) {
    return 2;
  }
  make_host(argv[1]);
  pid_t child = fork();
  if (child == 0) {
    shorten_root();
    (void)execv(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status = 1;
  char path[1024];
  (void)waitpid(child, &status, 0);
  (void)snprintf(path, sizeof path, "%s/run", getenv("BREAKGLASS_TEST_ROOT"));
  (void)umount2(path, MNT_DETACH);
  test_root_remove();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* One signature is an approver's alone ("offline"), for a policy of approver:1. */
static int print_tokens(unsigned count, unsigned signatures, bool good) {
  static const enum test_person people[] = {TEST_BOB, TEST_ISSUER};
  char token[BG_TOKEN_TEXT_MAX + 1];
  for (unsigned i = 0; i < count; i++) {
    struct bg_claims claims = test_console_claims();
    if (signatures == 1) {
      (void)strcpy(claims.issuer, "offline");
    }
    test_sign(&claims, people, signatures, token);
    size_t last = strlen(token) - 3;
    if (!good) {
      token[last] = token[last] == 'A' ? 'B' : 'A';
    }
    puts(token);
  }
  return 0;
}

static void spend_many(void) {
  for (unsigned i = 0; i < AGED_TOKENS; i++) {
    uint8_t id[BG_TOKEN_ID_SIZE];
    randombytes_buf(id, sizeof id);
    check(bg_spent_consume(id) == BG_OK, "spent");
  }
}

static void record_many(void) {
  struct bg_host host = {.id = TEST_HOST};
  struct bg_event event = {
      .type = BG_EVENT_TAINT_MANUAL,
      .host = &host,
      .time = bg_clock_now(),
      .level = BG_LEVEL_REFRESH,
      .replace_by = bg_clock_now() + 3600,
      .reason = "benchmark",
      .actor = "root",
  };
  for (unsigned i = 0; i < AGED_EVENTS; i++) {
    enum bg_durability durability;
    check(bg_event_record(&event, &durability) == BG_OK && durability == BG_DURABLE, "event");
  }
}

int main(int argc, char **argv) {
  check(sodium_init() >= 0, "libsodium");
  if (argc == 5 && strcmp(argv[1], "--tokens") == 0) {
    return print_tokens((unsigned)strtoul(argv[2], NULL, 10), (unsigned)strtoul(argv[3], NULL, 10),
                        strcmp(argv[4], "good") == 0);
  }
  if (argc == 2 && strcmp(argv[1], "--provide") == 0) {
    check(bg_event_store_provide() == BG_OK, "reserve");
    return 0;
  }
  if (argc == 2 && strcmp(argv[1], "--age") == 0) {
    spend_many();
    record_many();
    return 0;
  }
  return run_on_host(argc, argv);
}
