# SPDX-License-Identifier: BSD-2-Clause
sbin_SCRIPTS += %D%/breakglass-seal
EXTRA_DIST += %D%/breakglass-seal.in
CLEANFILES += %D%/breakglass-seal

%D%/breakglass-seal: %D%/breakglass-seal.in Makefile
	$(fill_in)
	$(AM_V_at)chmod +x $@
