/* SPDX-License-Identifier: BSD-2-Clause */
/* What the desk tells the couriers of leases. */
#ifndef SIGNER_DESK_LEASES_H
#define SIGNER_DESK_LEASES_H

#include "state.h"

/* Starts them as the settings say; what is wrong is logged. */
enum bg_error start_leases(struct desk *desk);

#endif
