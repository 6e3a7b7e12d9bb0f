/* SPDX-License-Identifier: BSD-2-Clause */
/* Where everything lies on a host. A table at link time: product programs link
 * breakglass/core/paths.c, tests link one of their own. Never an argument of the
 * module, never the environment. */
#ifndef BREAKGLASS_PATHS_H
#define BREAKGLASS_PATHS_H

#include <sys/types.h>

#define BG_PATH_SIZE 512 /* room for any path below these; a page of the stack costs a fault */

struct bg_paths {
  const char *vendor_conf;            /* /usr/lib/breakglass/gate.conf */
  const char *vendor_conf_dir;        /* /usr/lib/breakglass/gate.conf.d */
  const char *admin_conf;             /* /etc/breakglass/gate.conf */
  const char *admin_conf_dir;         /* /etc/breakglass/gate.conf.d */
  const char *vendor_signer_conf;     /* signer.conf beside each gate.conf */
  const char *vendor_signer_conf_dir; /* signer.conf.d */
  const char *admin_signer_conf;
  const char *admin_signer_conf_dir;
  const char *vendor_agent_conf; /* agent.conf likewise */
  const char *vendor_agent_conf_dir;
  const char *admin_agent_conf;
  const char *admin_agent_conf_dir;
  const char *trusted_signers;  /* /etc/breakglass/trusted_signers */
  const char *sinks_dir;        /* /etc/breakglass/sinks.d: programs of the exec sink */
  const char *signer_sinks_dir; /* /etc/breakglass/signer-sinks.d: those of the signing service */
  const char *machine_id;       /* /etc/machine-id */
  const char *dmi_uuid;         /* /sys/class/dmi/id/product_uuid */
  const char *os_release;       /* /usr/lib/os-release */
  const char *run;              /* /run/breakglass; the files below are in it */
  const char *tainted;          /* run/tainted */
  const char *spent;            /* run/spent/ */
  const char *epoch;            /* run/epoch */
  const char *grants;           /* run/grants/ */
  const char *sessions;         /* run/sessions/: audit session id -> token id */
  const char *challenge;        /* run/challenge */
  const char *challenge_lock;   /* run/challenge.lock */
  const char *mark;             /* run/mark: latest vouched time */
  const char *checked;          /* run/checked: which trusted_signers was found sound */
  const char *told;             /* run/told: connections that were told of their refusal */
  const char *head;             /* run/head */
  const char *lock;             /* run/lock */
  const char *run_cursors;      /* run/sinks/: cursors of this boot */
  const char *agent_lock;       /* run/agent.lock: held while the agent runs */
  const char *warden_lock;      /* run/warden.lock: held while the agent's warden runs */
  const char *agent_state;      /* run/agent: what it says of itself */
  const char *boot_proof;       /* run/boot-proof: when the last boot ended with all on disk */
  const char *run_born;         /* run/born: how old the host is, as this boot knows */
  const char *pending;          /* run/events/: events not on disk yet */
  const char *events;           /* /var/lib/breakglass/events */
  const char *boots;            /* /var/lib/breakglass/boots: how the last boot ended */
  const char *born;             /* /var/lib/breakglass/born: how old the host is */
  const char *revoked;          /* /var/lib/breakglass/revoked: the list of what was taken back */
  const char *event_key;        /* /var/lib/breakglass/event_key: what events are signed with */
  const char *cursors;          /* /var/lib/breakglass/sinks: cursors */
  const char *audit_session;    /* /proc/self/sessionid */
  const char *auditd_conf;      /* /etc/audit/auditd.conf */
  const char *audit_rules;      /* /etc/audit/rules.d/: those that auditd loads; a pattern */
  const char *journal_socket;   /* /run/systemd/journal/socket */
  const char *auditd;           /* /usr/sbin/auditd */
  const char *logind_confs;     /* logind's drop-ins; a pattern for glob(3) with braces */
  const char *logind_mains;     /* logind.conf's places; a pattern, too */
  const char *unit_dirs[4];     /* systemd's units; the first that has a file counts */
  const char *polkit_rule;      /* nobody lingers */
  const char *module;           /* pam_breakglass.so, as installed */
  const char *pam_modules;      /* where libpam may look for modules; a pattern, too */
  const char *pam_dirs[2];      /* /etc/pam.d, /usr/lib/pam.d */
  const char *sshd;             /* /usr/sbin/sshd: asked for its effective configuration */
  const char *sshd_default;     /* /etc/default/ssh: options on its command line */
  const char *sshd_config;      /* /etc/ssh/sshd_config; its drop-ins in sshd_config.d/ */
  const char *shadow;           /* /etc/shadow: whether root has a password */
  const char *passwd;           /* /etc/passwd: the local accounts */
  const char *processes;        /* /proc, as the agent looks at other processes */
  const char *devices;          /* /dev: terminals */
  const char *device_names;     /* /sys/dev/char: a link MAJOR:MINOR for each device */
  const char *cgroups;          /* /sys/fs/cgroup */
  const char *crontabs;         /* /var/spool/cron/crontabs */
  const char *at_jobs;          /* /var/spool/cron/atjobs */
  uid_t owner;                  /* whose trusted and state files are: root; in tests the caller */
};

const struct bg_paths *bg_paths(void);

#endif
