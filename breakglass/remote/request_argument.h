/* SPDX-License-Identifier: BSD-2-Clause */
/* The id of a request on the command line. */
#ifndef BREAKGLASS_REMOTE_REQUEST_ARGUMENT_H
#define BREAKGLASS_REMOTE_REQUEST_ARGUMENT_H

/* The one argument after the options; NULL after saying what is wrong. */
const char *request_argument(int argc, char **argv);

#endif
