/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a courier is in the ledger: what waits, what is next, what is done. But for
 * the last three, only the courier's own thread calls these. */
#ifndef SIGNER_LEASE_PROGRESS_H
#define SIGNER_LEASE_PROGRESS_H

#include "courier.h"

/* For the log, with the sink's name. */
void courier_say(const struct courier *courier, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Whether it has to end, waited for as long. */
bool courier_is_stopping(const struct courier *courier, int ms);

/* All couriers have one handle: to be given back soon, and never kept while a sink is told. */
struct ledger *progress_take_ledger(const struct courier *courier);
void progress_give_ledger(const struct courier *courier);
/* Says that the ledger fails, unless it was said. With the ledger taken. Tried again each second,
 * without a pause that grows: it is our own. */
void progress_fail(struct courier *courier, const char *what, enum bg_error err);
/* Says that it answers again, if nothing of it failed since `ledger_fails` was put back. */
void progress_look(struct courier *courier);

/* From the cursor on; a sink that was never there begins here and now. */
BG_MUST_USE enum bg_error progress_open(struct courier *courier, struct ledger *ledger);
/* Counts what has come since, also while the sink takes nothing. Whether anything waits. */
bool progress_count(struct courier *courier);
/* Takes over where another service was further. */
BG_MUST_USE enum bg_error progress_read_cursor(struct courier *courier, struct ledger *ledger);
/* Whether an entry stands at the front of the queue, which is filled for that. */
bool progress_has_next(struct courier *courier);
/* So many events wait no longer. */
void progress_pass(struct courier *courier, size_t events, bool delivered);
/* The entry at the front is done with. */
void progress_finish_entry(struct courier *courier);

/* Of any thread: whether the ledger does not know how far it is. */
bool progress_owes_cursor(struct courier *courier);
/* Of the one thread that writes for all couriers. */
BG_MUST_USE enum bg_error progress_put_cursor(struct courier *courier, struct ledger *ledger);
void progress_cursor_kept(struct courier *courier);

#endif
