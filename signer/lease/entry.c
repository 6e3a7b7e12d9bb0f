/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "entry.h"

#include <string.h>

#include "breakglass/json_read.h"

#define KIND ",\"kind\":\"issue\","
#define HEAD_MAX 160 /* number, previous, time and kind: nothing before it is anybody's words */

/* Most lines are of another kind: they are not read further. */
static bool is_issue(struct bg_bytes line) {
  size_t len = line.len < HEAD_MAX ? line.len : HEAD_MAX;
  const uint8_t *found = memmem(line.data, len, KIND, sizeof KIND - 1);
  const uint8_t *first = memmem(line.data, len, ",\"kind\":", 8);
  return found != NULL && found == first;
}

bool lease_entry_read(int64_t number, struct bg_bytes line, struct lease_entry *ret_entry) {
  if (!is_issue(line)) {
    return false;
  }
  json_t *root = json_read(line);
  const size_t hosts = json_array_size(json_object_get(root, "hosts"));
  *ret_entry = (struct lease_entry){.number = number,
                                    .time = json_integer_value(json_object_get(root, "time")),
                                    .hosts = hosts > 0 ? hosts : 1};
  bg_text_fit(sizeof ret_entry->request, ret_entry->request, json_text_of(root, "request"));
  json_decref(root);
  return true;
}
