/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of an event. They are made in two steps: the body, which says all
 * but where it stands in the chain, and the seal at its end, which is put on
 * when the lock is held. A body without a seal can wait for one. */
#ifndef BREAKGLASS_STATE_EVENT_JSON_H
#define BREAKGLASS_STATE_EVENT_JSON_H

#include "breakglass/event.h"
#include "breakglass/taint.h"
#include "host_facts.h"

/* Appends the body to buf. BG_ERR_TOO_LARGE. */
BG_MUST_USE enum bg_error bg_event_body(const struct bg_event *event,
                                        const struct bg_host_facts *facts, const char *id,
                                        int64_t replace_by, struct bg_buf *buf);
/* Seals the body in buf; previous is NULL for the first event of a host. BG_ERR_TOO_LARGE. */
BG_MUST_USE enum bg_error bg_event_seal(struct bg_buf *buf, enum bg_durability durability,
                                        int64_t number, const uint8_t *previous);
/* The text behind the first place of a key, up to its closing quote; empty if there is none. A key
 * is given with what stands around it, as ",\"time\":\"": quotes inside of a text are escaped. */
struct bg_bytes bg_event_text(struct bg_bytes event, const char *key);
/* Raises the taint by what an event that this host has composed says of it: level, time and
 * `replace.by`; false, and nothing is raised, if it is none. */
bool bg_event_raises(struct bg_bytes event, struct bg_taint *taint);
/* Whether it is a whole event, sealed with that number. */
bool bg_event_has_number(struct bg_bytes event, int64_t number);
/* The body of a sealed event; a body without a seal as it is. */
struct bg_bytes bg_event_unsealed(struct bg_bytes event);

#endif
