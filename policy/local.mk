# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgpolicy.la
libbgpolicy_la_SOURCES = \
	%D%/conf.c \
	%D%/conf.h \
	%D%/files.c \
	%D%/files.h \
	%D%/host_id.c \
	%D%/ini.c \
	%D%/ini.h \
	%D%/keys.c \
	%D%/lists.c \
	%D%/policy.c \
	%D%/signatures.c \
	%D%/url.c \
	%D%/url.h \
	%D%/words.c \
	%D%/words.h \
	include/breakglass/policy.h

# The shipped files lie in one folder, from which breakglass-seal puts them into force.
policydir = $(pkgdatadir)/policy
dist_policy_DATA = %D%/agent.conf %D%/gate.conf %D%/signer.conf
policypamdir = $(policydir)/pam
dist_policypam_DATA = \
	%D%/pam/chfn \
	%D%/pam/chsh \
	%D%/pam/common-account \
	%D%/pam/common-auth \
	%D%/pam/common-password \
	%D%/pam/common-session \
	%D%/pam/common-session-noninteractive \
	%D%/pam/login \
	%D%/pam/other \
	%D%/pam/polkit-1 \
	%D%/pam/sshd \
	%D%/pam/su \
	%D%/pam/su-l \
	%D%/pam/sudo \
	%D%/pam/sudo-i \
	%D%/pam/systemd-run0
policysshddir = $(policydir)/sshd
dist_policysshd_DATA = %D%/sshd/00-breakglass.conf %D%/sshd/penalties.conf
policyauditdir = $(policydir)/audit
dist_policyaudit_DATA = %D%/audit/auditd.conf
nodist_policyaudit_DATA = %D%/audit/breakglass.rules
policysystemddir = $(policydir)/systemd
dist_policysystemd_DATA = \
	%D%/systemd/breakglass.catalog \
	%D%/systemd/logind.conf \
	%D%/systemd/run-breakglass.mount \
	%D%/systemd/session-scope.conf \
	%D%/systemd/user-manager.conf
nodist_policysystemd_DATA = %D%/systemd/breakglass-agent.service %D%/systemd/breakglass-boot.service \
	%D%/systemd/breakglass-warden.service
policypolkitdir = $(policydir)/polkit
dist_policypolkit_DATA = %D%/polkit/00-breakglass.rules
policytmpfilesdir = $(policydir)/tmpfiles
dist_policytmpfiles_DATA = %D%/tmpfiles/breakglass.conf

EXTRA_DIST += %D%/audit/breakglass.rules.in %D%/systemd/breakglass-agent.service.in \
	%D%/systemd/breakglass-boot.service.in %D%/systemd/breakglass-warden.service.in
CLEANFILES += $(nodist_policyaudit_DATA) $(nodist_policysystemd_DATA)

# Names in shipped files that only the build knows.
fill_in = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) \
	-e 's,[@]VERSION@,$(VERSION),g' \
	-e 's,[@]bindir@,$(bindir),g' \
	-e 's,[@]sbindir@,$(sbindir),g' \
	-e 's,[@]pkgdatadir@,$(pkgdatadir),g' \
	-e 's,[@]module@,$(securedir)/pam_breakglass.so,g' \
	$(srcdir)/$@.in >$@

%D%/audit/breakglass.rules: %D%/audit/breakglass.rules.in Makefile
	$(fill_in)
%D%/systemd/breakglass-boot.service: %D%/systemd/breakglass-boot.service.in Makefile
	$(fill_in)
%D%/systemd/breakglass-agent.service: %D%/systemd/breakglass-agent.service.in Makefile
	$(fill_in)
%D%/systemd/breakglass-warden.service: %D%/systemd/breakglass-warden.service.in Makefile
	$(fill_in)
