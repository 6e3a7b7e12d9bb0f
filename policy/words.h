/* SPDX-License-Identifier: BSD-2-Clause */
/* Values that have several parts. Reaches core. */
#ifndef POLICY_WORDS_H
#define POLICY_WORDS_H

#include "breakglass/buf.h"

/* Cuts the first word off a list whose words are parted by spaces or commas; false at its end. */
bool bg_conf_next_word(struct bg_bytes *list, struct bg_bytes *ret_word);

/* Cuts the text before the separator (or all of it) off, trimmed. */
struct bg_bytes bg_conf_cut(struct bg_bytes *text, char separator);

#endif
