/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of events: NUMBER.json (ten digits), or ID.loose while it has no number. */
#ifndef BREAKGLASS_STATE_EVENT_FILES_H
#define BREAKGLASS_STATE_EVENT_FILES_H

#include <dirent.h>

#include "breakglass/event.h"
#include "breakglass/file.h"
#include "breakglass/paths.h"

#define BG_EVENT_NAME_SIZE 40

/* The number of a file's name, 0 if it is of no sealed event. */
int64_t bg_event_number(const char *name);
BG_MUST_USE enum bg_error bg_event_name(int64_t number, char ret_name[static BG_EVENT_NAME_SIZE]);
/* Reads the event of a file, up to its line end. A blank holds none: BG_ERR_NOT_FOUND. Other errors
 * and ownership as bg_file_read_at(). */
BG_MUST_USE enum bg_error bg_event_read(int dir, const char *name, struct bg_file *ret_file);
int bg_event_is_sealed(const struct dirent *entry); /* filters for scandir(3) */
int bg_event_is_loose(const struct dirent *entry);
/* Path of a file waiting on run/. */
BG_MUST_USE enum bg_error bg_pending_path(const char *name, char ret_path[static BG_PATH_SIZE]);

#endif
