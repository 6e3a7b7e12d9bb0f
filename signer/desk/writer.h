/* SPDX-License-Identifier: BSD-2-Clause */
/* The one thread that changes anything. */
#ifndef SIGNER_DESK_WRITER_H
#define SIGNER_DESK_WRITER_H

#include "job.h"

struct writer;

struct writer *writer_start(struct desk *desk,
                            struct ledger *ledger); /* takes the ledger; NULL: failed */
void writer_stop(struct writer *writer);
void writer_free(struct writer *writer);
bool writer_is_healthy(struct writer *writer);
/* Takes the job, of malloc(), and its exchange, which it defers. */
void writer_submit(struct writer *writer, struct job *job);

#endif
