/* SPDX-License-Identifier: BSD-2-Clause */
/* What the agent says of itself: lines on standard error, which is the journal's under systemd. */
#ifndef AGENT_LOG_H
#define AGENT_LOG_H

enum log_level { LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE };

/* One line, control characters shown as '?'; from any thread. Under systemd with its priority. */
void agent_log(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
