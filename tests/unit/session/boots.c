/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "boots.h"

#include <stdio.h>
#include <unistd.h>

#include "breakglass/gate.h"

#define EARLIER_BOOT "00000000-0000-4000-8000-000000000000"

/* The events of the store as an earlier boot has written them. */
void reboot_host(void) {
  char command[1024];
  char boot_id[BG_BOOT_ID_SIZE];
  assert_int_equal(bg_boot_id(boot_id), BG_OK);
  (void)snprintf(command, sizeof command, "sed -i 's/%s/" EARLIER_BOOT "/' %s/*.json", boot_id,
                 test_path("/var/lib/breakglass/events"));
  assert_int_equal(system(command), 0); // NOLINT: a test's own path
  (void)unlink(test_path("/run/breakglass/head"));
}

void open_session(uint8_t id) {
  const struct bg_session session = test_session(id);
  assert_int_equal(test_record(&session), BG_DURABLE);
}

void close_session(uint8_t id) {
  const struct bg_session session = test_session(id);
  const struct bg_grant grant = test_grant(&session);
  assert_int_equal(bg_gate_record_closed(&test_host, 0, &grant, BG_ENDED_LOGOUT), BG_OK);
}

bool close_lost(void) {
  struct sessions_config config = test_config();
  bool more = true;
  assert_int_equal(sessions_close_lost(&config, &more), BG_OK);
  return more;
}
