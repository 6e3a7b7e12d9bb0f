/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys and certificates made by ssh-keygen (data/make-keys). */
#ifndef BREAKGLASS_TEST_FIXTURES_H
#define BREAKGLASS_TEST_FIXTURES_H

#include "breakglass/ssh_key.h"

#define KEY_NAMES "ed25519", "rsa", "ecdsa256", "ecdsa384", "ecdsa521", "sk-ed25519", "sk-ecdsa"
#define LINE_SIZE 16384

/* data/NAMESUFFIX without its newline. Aborts on failure. */
void read_line(const char *name, const char *suffix, char ret_line[static LINE_SIZE]);
/* The blob of a "TYPE BASE64 ..." line, and its length. */
size_t decode_line(const char *line, uint8_t ret_blob[static LINE_SIZE]);

#endif
