# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += %D%/PROTOCOL.token.md
dist_man_MANS = \
	%D%/man/breakglass-seal.8 \
	%D%/man/gate.conf.5 \
	%D%/man/trusted_signers.5
