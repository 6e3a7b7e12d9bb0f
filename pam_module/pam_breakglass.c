/* SPDX-License-Identifier: BSD-2-Clause */
typedef int pam_breakglass_begins_here;
