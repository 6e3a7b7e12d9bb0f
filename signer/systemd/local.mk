# SPDX-License-Identifier: BSD-2-Clause
# Not among the files of policy/, which breakglass-seal puts into force on sealed hosts: the signing
# service runs elsewhere, and its units are enabled as any service's are.
systemdsystemunitdir = $(prefix)/lib/systemd/system
sysusersdir = $(prefix)/lib/sysusers.d
dist_systemdsystemunit_DATA = %D%/breakglass-signer.socket
nodist_systemdsystemunit_DATA = %D%/breakglass-signer.service
dist_sysusers_DATA = %D%/breakglass-signer.conf

EXTRA_DIST += %D%/breakglass-signer.service.in
CLEANFILES += $(nodist_systemdsystemunit_DATA)

%D%/breakglass-signer.service: %D%/breakglass-signer.service.in Makefile
	$(fill_in)
