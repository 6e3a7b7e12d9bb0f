# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += %D%/PROTOCOL.token.md
