/* SPDX-License-Identifier: BSD-2-Clause */
/* Text from outside: what may be shown to a person and stored in a record;
 * numbers, durations, times, hex, base64. Reaches buf.h, libsodium. */
#ifndef BREAKGLASS_TEXT_H
#define BREAKGLASS_TEXT_H

#include "breakglass/buf.h"

#define BG_TIME_MAX 253402300799 /* 9999-12-31T23:59:59Z, Unix seconds */
#define BG_TIME_TEXT_SIZE 21     /* "2026-01-31T12:00:00Z" and NUL */

/* Valid UTF-8 without control (Cc) or format (Cf) characters, line or
 * paragraph separators (Unicode 15). The empty text is clean. */
bool bg_text_is_clean(struct bg_bytes text);

/* Visible ASCII alone ("!" to "~"): no blank makes two words of it, no other script imitates it.
 * The empty text is one. */
bool bg_text_is_word(struct bg_bytes text);

/* Valid UTF-8 (RFC 3629): no surrogates, no overlong forms. */
bool bg_text_is_utf8(struct bg_bytes text);

/* Decimal digits only, no sign, no spaces, no leading zero but "0" itself.
 * BG_ERR_SYNTAX, or BG_ERR_RANGE outside min..max. */
BG_MUST_USE enum bg_error bg_parse_uint(struct bg_bytes text, int64_t min, int64_t max,
                                        int64_t *ret_value);
/* "90", "90s", "10m", "2h", "7d" -> seconds, 1..max. */
BG_MUST_USE enum bg_error bg_parse_duration(struct bg_bytes text, int64_t max,
                                            int64_t *ret_seconds);
/* RFC 3339 ("2026-01-31T12:00:00Z", with an offset too) or Unix seconds; 0..BG_TIME_MAX. */
BG_MUST_USE enum bg_error bg_parse_time(struct bg_bytes text, int64_t *ret_unix_seconds);
/* Proleptic Gregorian calendar, UTC, to Unix seconds; month 1-12, day 1-31 of
 * a real day; second 0-59. BG_ERR_RANGE otherwise. */
BG_MUST_USE enum bg_error bg_utc_seconds(int year, int month, int day, int hour, int minute,
                                         int second, int64_t *ret_unix_seconds);
/* ret_text gets RFC 3339 UTC; times outside 0..BG_TIME_MAX are clamped. */
void bg_format_time(int64_t unix_seconds, char ret_text[static BG_TIME_TEXT_SIZE]);
/* "29m 30s", "2h", for people; size 32 is enough. */
void bg_format_duration(int64_t seconds, size_t size, char *ret_text);

/* Lower-case hex of bytes with NUL; ret_text has 2 * len + 1 bytes. */
void bg_hex(struct bg_bytes bytes, char *ret_text);
/* Appends the text, percent-encoded but for the unreserved characters of RFC 3986: as part of a
 * URN. */
void bg_put_percent(struct bg_buf *buf, const char *text);
/* Exactly 2 * len hex digits of either case. */
BG_MUST_USE enum bg_error bg_parse_hex(struct bg_bytes text, size_t len, uint8_t *ret_bytes);

/* RFC 4648: section 4 with padding, and section 5 (for URLs) without. */
enum bg_base64 { BG_BASE64, BG_BASE64URL };
/* Appends the text, and a NUL behind it that it does not count. */
void bg_put_base64(struct bg_buf *buf, struct bg_bytes bytes, enum bg_base64 kind);
/* All of the text, which is not empty, spelled in the one right way, to the start of ret_bytes,
 * whose length is set. BG_ERR_SYNTAX, also if they do not fit; the length stays then. */
BG_MUST_USE enum bg_error bg_parse_base64(struct bg_bytes text, enum bg_base64 kind,
                                          struct bg_buf *ret_bytes);

/* One IP address block. Addresses are held as IPv6; IPv4 as v4-mapped. */
struct bg_cidr {
  uint8_t address[16];
  unsigned prefix; /* 0-128, 96-128 for IPv4 */
};
/* "10.0.0.0/8", "2001:db8::/32": the prefix is required, the host's bits are zero,
 * v4-mapped IPv6 blocks are not accepted. */
BG_MUST_USE enum bg_error bg_parse_cidr(struct bg_bytes text, struct bg_cidr *ret_cidr);
/* Numeric IPv4 or IPv6; v4-mapped is unwrapped; a zone ("%eth0") is cut off. */
BG_MUST_USE enum bg_error bg_parse_address(struct bg_bytes text, uint8_t ret_address[static 16]);
bool bg_cidr_contains(const struct bg_cidr *cidr, const uint8_t address[static 16]);

#endif
