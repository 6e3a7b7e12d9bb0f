/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/paths.h"

#define RUN "/run/breakglass"
#define LIB "/var/lib/breakglass"

const struct bg_paths *bg_paths(void) {
  static const struct bg_paths paths = {
      .vendor_conf = "/usr/lib/breakglass/gate.conf",
      .vendor_conf_dir = "/usr/lib/breakglass/gate.conf.d",
      .admin_conf = "/etc/breakglass/gate.conf",
      .admin_conf_dir = "/etc/breakglass/gate.conf.d",
      .trusted_signers = "/etc/breakglass/trusted_signers",
      .sinks_dir = "/etc/breakglass/sinks.d",
      .machine_id = "/etc/machine-id",
      .dmi_uuid = "/sys/class/dmi/id/product_uuid",
      .os_release = "/usr/lib/os-release",
      .run = RUN,
      .tainted = RUN "/tainted",
      .spent = RUN "/spent",
      .epoch = RUN "/epoch",
      .grants = RUN "/grants",
      .sessions = RUN "/sessions",
      .challenge = RUN "/challenge",
      .challenge_lock = RUN "/challenge.lock",
      .mark = RUN "/mark",
      .checked = RUN "/checked",
      .told = RUN "/told",
      .head = RUN "/head",
      .lock = RUN "/lock",
      .run_cursors = RUN "/sinks",
      .boot_proof = RUN "/boot-proof",
      .pending = RUN "/events",
      .events = LIB "/events",
      .boots = LIB "/boots",
      .cursors = LIB "/sinks",
      .audit_session = "/proc/self/sessionid",
      .auditd_conf = "/etc/audit/auditd.conf",
      .audit_rules = "/etc/audit/rules.d/*.rules",
      .journal_socket = "/run/systemd/journal/socket",
      .auditd = "/usr/sbin/auditd",
      .logind_confs = "/{usr/lib,usr/local/lib,run,etc}/systemd/logind.conf.d/*.conf",
      .logind_mains = "/{usr/lib,usr/local/lib,run,etc}/systemd/logind.conf",
      .unit_dirs = {"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
                    "/usr/lib/systemd/system"},
      .polkit_rule = "/etc/polkit-1/rules.d/00-breakglass.rules",
      .module = SECUREDIR "/pam_breakglass.so",
      .pam_modules = "/{usr/,}lib{,64,/*}/security",
      .pam_dirs = {"/etc/pam.d", "/usr/lib/pam.d"},
      .sshd = "/usr/sbin/sshd",
      .sshd_default = "/etc/default/ssh",
      .sshd_config = "/etc/ssh/sshd_config",
      .shadow = "/etc/shadow",
      .owner = 0,
  };
  return &paths;
}
