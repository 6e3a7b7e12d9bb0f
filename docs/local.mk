# SPDX-License-Identifier: BSD-2-Clause
dist_man_MANS = \
	%D%/man/agent.conf.5 \
	%D%/man/breakglass-agent.8 \
	%D%/man/breakglass-seal.8 \
	%D%/man/breakglass-signer.8 \
	%D%/man/breakglass.1 \
	%D%/man/gate.conf.5 \
	%D%/man/pam_breakglass.8 \
	%D%/man/signer.conf.5 \
	%D%/man/trusted_signers.5
dist_doc_DATA = \
	README.md \
	SECURITY.md \
	%D%/ARCHITECTURE.md \
	%D%/PROTOCOL.events.md \
	%D%/PROTOCOL.signer.md \
	%D%/PROTOCOL.token.md \
	%D%/openapi.yaml
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = %D%/schema/event.json %D%/schema/issued.json
EXTRA_DIST += %D%/HACKING.md
