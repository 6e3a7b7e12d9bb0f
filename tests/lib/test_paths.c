/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "test_paths.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT_VARIABLE "BREAKGLASS_TEST_ROOT"

static char root[512];
static char store[16384];
static size_t used;

static const char *below(const char *path) {
  size_t root_len = strlen(root);
  size_t path_len = strlen(path) + 1;
  if (used + root_len + path_len > sizeof store) {
    abort();
  }
  char *text = store + used;
  memcpy(text, root, root_len);
  memcpy(text + root_len, path, path_len);
  used += root_len + path_len;
  return text;
}

static void fill(struct bg_paths *paths) {
  *paths = (struct bg_paths){
      .vendor_conf = below("/usr/lib/breakglass/gate.conf"),
      .vendor_conf_dir = below("/usr/lib/breakglass/gate.conf.d"),
      .admin_conf = below("/etc/breakglass/gate.conf"),
      .admin_conf_dir = below("/etc/breakglass/gate.conf.d"),
      .vendor_signer_conf = below("/usr/lib/breakglass/signer.conf"),
      .vendor_signer_conf_dir = below("/usr/lib/breakglass/signer.conf.d"),
      .admin_signer_conf = below("/etc/breakglass/signer.conf"),
      .admin_signer_conf_dir = below("/etc/breakglass/signer.conf.d"),
      .vendor_agent_conf = below("/usr/lib/breakglass/agent.conf"),
      .vendor_agent_conf_dir = below("/usr/lib/breakglass/agent.conf.d"),
      .admin_agent_conf = below("/etc/breakglass/agent.conf"),
      .admin_agent_conf_dir = below("/etc/breakglass/agent.conf.d"),
      .trusted_signers = below("/etc/breakglass/trusted_signers"),
      .sinks_dir = below("/etc/breakglass/sinks.d"),
      .signer_sinks_dir = below("/etc/breakglass/signer-sinks.d"),
      .machine_id = below("/etc/machine-id"),
      .dmi_uuid = below("/sys/class/dmi/id/product_uuid"),
      .os_release = below("/usr/lib/os-release"),
      .run = below("/run/breakglass"),
      .tainted = below("/run/breakglass/tainted"),
      .spent = below("/run/breakglass/spent"),
      .epoch = below("/run/breakglass/epoch"),
      .grants = below("/run/breakglass/grants"),
      .sessions = below("/run/breakglass/sessions"),
      .challenge = below("/run/breakglass/challenge"),
      .challenge_lock = below("/run/breakglass/challenge.lock"),
      .mark = below("/run/breakglass/mark"),
      .checked = below("/run/breakglass/checked"),
      .told = below("/run/breakglass/told"),
      .head = below("/run/breakglass/head"),
      .lock = below("/run/breakglass/lock"),
      .run_cursors = below("/run/breakglass/sinks"),
      .agent_lock = below("/run/breakglass/agent.lock"),
      .warden_lock = below("/run/breakglass/warden.lock"),
      .agent_state = below("/run/breakglass/agent"),
      .boot_proof = below("/run/breakglass/boot-proof"),
      .run_born = below("/run/breakglass/born"),
      .pending = below("/run/breakglass/events"),
      .events = below("/var/lib/breakglass/events"),
      .boots = below("/var/lib/breakglass/boots"),
      .born = below("/var/lib/breakglass/born"),
      .revoked = below("/var/lib/breakglass/revoked"),
      .event_key = below("/var/lib/breakglass/event_key"),
      .cursors = below("/var/lib/breakglass/sinks"),
      .audit_session = below("/run/audit.session"),
      .auditd_conf = below("/etc/audit/auditd.conf"),
      .audit_rules = below("/etc/audit/rules.d/*.rules"),
      .journal_socket = below("/run/journal"),
      .auditd = below("/usr/sbin/auditd"),
      .logind_confs = below("/{usr/lib,usr/local/lib,run,etc}/systemd/logind.conf.d/*.conf"),
      .logind_mains = below("/{usr/lib,usr/local/lib,run,etc}/systemd/logind.conf"),
      .unit_dirs = {below("/etc/systemd/system"), below("/run/systemd/system"),
                    below("/usr/local/lib/systemd/system"), below("/usr/lib/systemd/system")},
      .polkit_rule = below("/etc/polkit-1/rules.d/00-breakglass.rules"),
      .module = below("/usr/lib/security/pam_breakglass.so"),
      .pam_modules = below("/{usr/,}lib{,64,/*}/security"),
      .pam_dirs = {below("/etc/pam.d"), below("/usr/lib/pam.d")},
      .sshd = below("/usr/sbin/sshd"),
      .sshd_default = below("/etc/default/ssh"),
      .sshd_config = below("/etc/ssh/sshd_config"),
      .shadow = below("/etc/shadow"),
      .passwd = below("/etc/passwd"),
      .processes = below("/proc"),
      .devices = below("/dev"),
      .device_names = below("/sys/dev/char"),
      .cgroups = below("/sys/fs/cgroup"),
      .crontabs = below("/var/spool/cron/crontabs"),
      .at_jobs = below("/var/spool/cron/atjobs"),
      .owner = geteuid(),
  };
}

const struct bg_paths *bg_paths(void) {
  static struct bg_paths paths;
  const char *wanted = getenv(ROOT_VARIABLE);
  if (wanted == NULL) {
    (void)fputs(ROOT_VARIABLE " is not set\n", stderr);
    abort();
  }
  if (strcmp(wanted, root) != 0 || used == 0) {
    (void)snprintf(root, sizeof root, "%s", wanted);
    used = 0;
    fill(&paths);
  }
  return &paths;
}

static void make_folders(const char *base) {
  static const struct {
    const char *path;
    mode_t mode;
  } folders[] = {
      {"/etc", 0755},
      {"/etc/breakglass", 0755},
      {"/etc/breakglass/gate.conf.d", 0755},
      {"/etc/breakglass/signer.conf.d", 0755},
      {"/etc/breakglass/agent.conf.d", 0755},
      {"/etc/breakglass/sinks.d", 0755},
      {"/etc/audit", 0755},
      {"/etc/pam.d", 0755},
      {"/usr", 0755},
      {"/usr/lib", 0755},
      {"/usr/lib/breakglass", 0755},
      {"/usr/lib/breakglass/gate.conf.d", 0755},
      {"/usr/lib/breakglass/signer.conf.d", 0755},
      {"/usr/lib/breakglass/agent.conf.d", 0755},
      {"/usr/lib/pam.d", 0755},
      {"/run", 0755},
      {"/run/breakglass", 0755},
      {"/var", 0755},
      {"/var/lib", 0755},
      {"/var/lib/breakglass", 0700},
      {"/var/lib/breakglass/events", 0700},
      {"/var/lib/breakglass/boots", 0700},
      {"/var/lib/breakglass/sinks", 0700},
  };
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
    char path[640];
    (void)snprintf(path, sizeof path, "%s%s", base, folders[i].path);
    if (mkdir(path, folders[i].mode) != 0 || chmod(path, folders[i].mode) != 0) {
      perror(path);
      abort();
    }
  }
}

const char *test_root_create(void) {
  static char base[512];
  const char *tmp = getenv("TMPDIR");
  (void)snprintf(base, sizeof base, "%s/breakglass-test.XXXXXX", tmp != NULL ? tmp : "/tmp");
  if (mkdtemp(base) == NULL || setenv(ROOT_VARIABLE, base, 1) != 0) {
    perror(base);
    abort();
  }
  make_folders(base);
  return base;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
  (void)st, (void)type, (void)ftw;
  return remove(path);
}

void test_root_remove(void) {
  const char *base = getenv(ROOT_VARIABLE);
  if (base != NULL) {
    (void)nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  }
}

void test_root_write(const char *path, const char *content) {
  char full[1024];
  (void)snprintf(full, sizeof full, "%s%s", getenv(ROOT_VARIABLE), path);
  FILE *file = fopen(full, "w");
  if (file == NULL || fputs(content, file) == EOF || fclose(file) != 0 || chmod(full, 0600) != 0) {
    perror(full);
    abort();
  }
}
