/* SPDX-License-Identifier: BSD-2-Clause */
/* What earlier boots have left in the store. */
#ifndef BREAKGLASS_SESSION_BOOTS_H
#define BREAKGLASS_SESSION_BOOTS_H

#include "session_test.h"

/* The events of the store are those of an earlier boot from now on. */
void reboot_host(void);
void open_session(uint8_t id);
void close_session(uint8_t id);
/* sessions_close_lost(): whether there are more. */
bool close_lost(void);

#endif
