/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "fake_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/file.h"
#include "breakglass/run_state.h"
#include "test_check.h"
#include "test_paths.h"
#include "test_state.h"

// NOLINTBEGIN: the linker's names
int64_t __wrap_bg_clock_now(void);
int64_t __wrap_bg_clock_boottime(void);
int64_t __wrap_bg_clock_built(void);
enum bg_error __wrap_bg_boot_id(char ret_id[static BG_BOOT_ID_SIZE]);
enum bg_error __wrap_bg_file_replace_durably(int dir, const char *name, struct bg_bytes content);
enum bg_error __real_bg_file_replace_durably(int dir, const char *name, struct bg_bytes content);

struct fake fake;
struct lifetime_config fake_config;

int64_t __wrap_bg_clock_now(void) {
  return fake.now;
}

int64_t __wrap_bg_clock_boottime(void) {
  return fake.boottime;
}

int64_t __wrap_bg_clock_built(void) {
  return fake.built;
}

static void boot_id(int boot, char ret_id[static BG_BOOT_ID_SIZE]) {
  (void)snprintf(ret_id, BG_BOOT_ID_SIZE, "00000000-0000-4000-8000-%012d", boot);
}

enum bg_error __wrap_bg_boot_id(char ret_id[static BG_BOOT_ID_SIZE]) {
  boot_id(fake.boot, ret_id);
  return BG_OK;
}

enum bg_error __wrap_bg_file_replace_durably(int dir, const char *name, struct bg_bytes content) {
  fake.events_then = fake.disk_writes == 0 ? fake_events() : fake.events_then;
  fake.disk_writes++;
  return fake.disk_fails ? BG_ERR_IO : __real_bg_file_replace_durably(dir, name, content);
}
// NOLINTEND

static void keep_line(const char *line) {
  size_t used = strlen(fake.log);
  (void)snprintf(fake.log + used, sizeof fake.log - used, "%s\n", line);
}

static void boot_unit(void) {
  char first[BG_BOOT_ID_SIZE];
  char now[BG_BOOT_ID_SIZE];
  char text[256];
  int64_t epoch;
  boot_id(1, first);
  boot_id(fake.boot, now);
  (void)snprintf(text, sizeof text,
                 "{\"boot_id\":\"%s\",\"store_boot_id\":\"%s\",\"ended\":null,\"gap\":false}\n",
                 now, first);
  test_root_write("/var/lib/breakglass/boots/last", text);
  CHECK(bg_run_state_prepare(fake.now, &epoch) == BG_OK);
}

int fake_host_new(void **state) {
  (void)state;
  (void)test_root_create();
  test_root_write("/usr/lib/os-release", "ID=debian\nVERSION_ID=12\nIMAGE_ID=web\n"
                                         "IMAGE_VERSION=7\n");
  fake = (struct fake){.now = MADE + 60, .boottime = 60, .built = MADE - 30 * DAY, .boot = 1};
  fake_config = (struct lifetime_config){.polite = 7 * DAY,
                                         .forced = 14 * DAY,
                                         .host = &test_host,
                                         .event_key = "ssh-ed25519 AAAAC3Nz host",
                                         .log = keep_line};
  boot_unit();
  return 0;
}

int fake_host_end(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

void fake_run(int64_t seconds) {
  fake.now += seconds;
  fake.boottime += seconds;
}

static void wipe(const char *path) {
  char command[1200];
  (void)snprintf(command, sizeof command, "rm -rf '%s'/*", test_path(path));
  CHECK(system(command) == 0); // NOLINT: a folder of the test's
}

void fake_reboot(int64_t off) {
  wipe("/run/breakglass");
  fake.now += off;
  fake.boottime = 0;
  fake.boot++;
  boot_unit();
}

struct lifetime *fake_start(void) {
  struct lifetime *lifetime = NULL;
  CHECK(lifetime_open(&fake_config, &lifetime) == BG_OK);
  (void)lifetime_look(lifetime);
  return lifetime;
}

void fake_visit(void) {
  lifetime_close(fake_start());
}

void fake_live(struct lifetime *lifetime, int64_t seconds) {
  const int64_t end = fake.boottime + seconds;
  int64_t next = lifetime_look(lifetime);
  while (next / 1000 <= end) {
    CHECK(next >= (fake.boottime + LIFETIME_STEP) * 1000);
    fake_run(next / 1000 - fake.boottime);
    next = lifetime_look(lifetime);
  }
  fake_run(end - fake.boottime);
}

int64_t fake_age(const struct lifetime *lifetime) {
  struct lifetime_state state;
  CHECK(lifetime_show(lifetime, &state) == BG_OK);
  return state.age;
}

struct wanted {
  int64_t number;
  int count;
  json_t *found;
};

static bool count_event(void *context, const struct bg_stored_event *event) {
  struct wanted *wanted = context;
  wanted->count++;
  if (event->number == wanted->number) {
    json_decref(wanted->found);
    wanted->found =
        json_loadb((const char *)event->bytes.data, event->bytes.len, JSON_REJECT_DUPLICATES, NULL);
  }
  return true;
}

int fake_events(void) {
  struct wanted wanted = {.number = -1};
  CHECK(bg_events_each(count_event, &wanted) == BG_OK);
  return wanted.count;
}

json_t *fake_event(int64_t number) {
  struct wanted wanted = {.number = number};
  CHECK(bg_events_each(count_event, &wanted) == BG_OK);
  return wanted.found;
}

const char *fake_event_type(int64_t number) {
  static char type[64];
  json_t *event = fake_event(number);
  const char *text = json_string_value(json_object_get(event, "type"));
  (void)snprintf(type, sizeof type, "%s", text != NULL ? text : "");
  json_decref(event);
  return type;
}

static const char *const records[] = {"/run/breakglass/born", "/var/lib/breakglass/born"};
static char kept[2][1024];

void fake_records_keep(void) {
  for (size_t i = 0; i < 2; i++) {
    struct bg_file file = {0};
    kept[i][0] = '\0';
    if (bg_file_read(test_path(records[i]), geteuid(), sizeof kept[i] - 1, &file) == BG_OK) {
      memcpy(kept[i], file.data, file.len + 1);
    }
    bg_file_free(&file);
  }
}

void fake_records_put_back(void) {
  for (size_t i = 0; i < 2; i++) {
    if (kept[i][0] != '\0') {
      test_root_write(records[i], kept[i]);
    } else {
      (void)unlink(test_path(records[i]));
    }
  }
}
