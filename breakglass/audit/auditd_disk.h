/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BREAKGLASS_AUDITD_DISK_H
#define BREAKGLASS_AUDITD_DISK_H

#include <stdbool.h>

/* Whether auditd, as auditd.conf(5) has it, still writes: its disk has more
 * than admin_space_left, or it goes on below that and rotates (deletes its oldest log) once it is
 * full. A suspended auditd answers like a live one, so its disk is all there is to judge by. */
bool bg_auditd_disk_is_writable(const char *conf);

#endif
