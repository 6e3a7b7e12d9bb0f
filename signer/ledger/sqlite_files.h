/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of an SQLite store: ours alone. Reaches core. */
#ifndef SIGNER_LEDGER_SQLITE_FILES_H
#define SIGNER_LEDGER_SQLITE_FILES_H

#include "breakglass/buf.h"

/* Makes the file with mode 0600 if it is not there, and looks at it and at those that SQLite keeps
 * beside it: regular, this user's, nobody else's to read or write, under one name, in a folder that
 * only root or this user can write. ret_reason is touched on failure only. */
BG_MUST_USE enum bg_error sqlite_files_prepare(const char *path, size_t size, char *ret_reason);

#endif
