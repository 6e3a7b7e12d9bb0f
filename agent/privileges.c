/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "privileges.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's own call: it is about one thread, and the C library has no other for it. */
enum bg_error privileges_drop(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
  return syscall(SYS_capset, &header, none) == 0 ? BG_OK : BG_ERR_DENIED;
}
