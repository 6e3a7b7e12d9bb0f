/* SPDX-License-Identifier: BSD-2-Clause */
/* A host in a folder whose signer.conf a test writes and loads. */
#ifndef ISSUING_TEST_H
#define ISSUING_TEST_H

#include "breakglass/issuing.h"
#include "test_paths.h"
#include "test_told.h"

#define ADMIN "/etc/breakglass/signer.conf"
#define ADMIN_D "/etc/breakglass/signer.conf.d/"
#define VENDOR "/usr/lib/breakglass/signer.conf"
#define VENDOR_D "/usr/lib/breakglass/signer.conf.d/"

/* 3 lines, 4 lines, 3 lines: rules begin in line 11. */
#define SIGNER "[signer]\nname = signer.example\nissuer_key = file:/etc/issuer\n"
#define PEOPLE "[people]\nsre = alice@x bob@x carol@x\nsec = dave@x, erin@x\none = bob@x\n"
#define HOSTS "[hosts]\nweb = web-1 web-2\nmany = a b c d e f g h i\n"
#define NEEDED SIGNER PEOPLE HOSTS
/* What a rule needs beside hosts. */
#define REST                                                                                       \
  "logins = deploy\nrequesters = sre\napprovals = none\nlongest_window = 10m\n"                    \
  "longest_session = 1h\n"

#define TEST(name) cmocka_unit_test_setup_teardown(name, told_setup, told_teardown)

/* Loads; NULL after a refusal. The caller frees it. */
struct bg_issuing *issuing_load(struct told *told);
/* The admin's file alone, which must be good. */
struct bg_issuing *issuing_load_text(const char *text);
/* The admin's file is refused with exactly one problem that has this in it. */
void assert_refused(const char *text, const char *needle);

/* alice wishes for web-1 as deploy over ssh, 5 minutes and half an hour, on a Wednesday noon. */
struct bg_issuing_wish issuing_wish(void);
/* Decides; "RULE" that takes the wish, or "- REASON". */
const char *issuing_answer(const struct bg_issuing *issuing, const struct bg_issuing_wish *wish);

#endif
