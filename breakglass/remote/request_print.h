/* SPDX-License-Identifier: BSD-2-Clause */
/* A request for people and for programs, on standard output. */
#ifndef BREAKGLASS_REMOTE_REQUEST_PRINT_H
#define BREAKGLASS_REMOTE_REQUEST_PRINT_H

#include "request_view.h"

void request_print_json(const struct request_view *view);
/* One line: id, state, who, login, where, why; as much as fits into one of a terminal. False out of
 * memory. */
bool request_print_line(const struct request_view *view);
/* All of it. */
void request_print(const struct request_view *view, int64_t now);

#endif
