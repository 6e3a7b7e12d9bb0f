/* SPDX-License-Identifier: BSD-2-Clause */
/* The chain of entries: docs/PROTOCOL.signer.md, section 4. */
#include <config.h>

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "handle.h"

#define LINES_AT_ONCE 256 /* what a store is asked for: at most 4 MiB are held */

static bool take_head(void *context, const struct store_value *row) {
  struct ledger_head *head = context;
  head->number = row[0].number;
  (void)crypto_hash_sha256(head->hash, row[1].bytes.data, row[1].bytes.len);
  return false;
}

/* Read once a transaction: nobody else appends meanwhile. */
static enum bg_error load_head(struct ledger *ledger, struct ledger_head *ret_head) {
  struct ledger_head head = {.known = true};
  if (ledger->head.known) {
    *ret_head = ledger->head;
    return BG_OK;
  }
  enum bg_error err = handle_read(ledger, STATEMENT_HEAD, NULL, take_head, &head);
  if (err == BG_OK) {
    *ret_head = head;
    head.known = ledger->in_transaction;
    ledger->head = head;
  }
  return err;
}

/* The word stands in the line as it is. */
static bool is_word(const char *kind) {
  return kind[0] != '\0' && strspn(kind, "abcdefghijklmnopqrstuvwxyz_") == strlen(kind);
}

/* A line feed would make two lines of one; no other control character is JSON either. */
static bool is_one_line(struct bg_bytes fields) {
  for (size_t i = 0; i < fields.len; i++) {
    if (fields.data[i] < 0x20) {
      return false;
    }
  }
  return fields.len > 0;
}

static enum bg_error put_line(struct bg_buf *line, const struct ledger_head *head, int64_t time,
                              const char *kind, struct bg_bytes fields) {
  char previous[2 * LEDGER_HASH_SIZE + 1];
  bg_hex(bg_bytes(head->hash, sizeof head->hash), previous);
  bg_buf_printf(line,
                "{\"number\":%" PRId64 ",\"previous\":\"%s\",\"time\":%" PRId64 ",\"kind\":\"%s\",",
                head->number + 1, previous, time, kind);
  bg_buf_put(line, fields.data, fields.len);
  bg_buf_put_byte(line, '}');
  return line->failed ? BG_ERR_TOO_LARGE : BG_OK;
}

enum bg_error ledger_append(struct ledger *ledger, int64_t time, const char *kind,
                            struct bg_bytes fields) {
  uint8_t bytes[LEDGER_LINE_MAX];
  struct bg_buf line = BG_BUF(bytes);
  struct ledger_head head;
  if (!ledger->in_transaction || time < 0 || time > BG_TIME_MAX) {
    return BG_ERR_RANGE;
  }
  if (!is_word(kind) || !is_one_line(fields)) {
    return BG_ERR_SYNTAX;
  }
  enum bg_error err = load_head(ledger, &head);
  if (err == BG_OK) {
    err = put_line(&line, &head, time, kind, fields);
  }
  if (err != BG_OK) {
    return err;
  }
  const struct store_value values[] = {value_number(head.number + 1),
                                       value_bytes(bg_buf_view(&line))};
  err = handle_write(ledger, STATEMENT_APPEND, values, NULL, NULL);
  if (err == BG_OK) {
    ledger->head.number = head.number + 1;
    (void)crypto_hash_sha256(ledger->head.hash, line.data, line.len);
  }
  return err;
}

enum bg_error ledger_head(struct ledger *ledger, int64_t *ret_number,
                          uint8_t ret_hash[static LEDGER_HASH_SIZE]) {
  struct ledger_head head;
  enum bg_error err = load_head(ledger, &head);
  if (err == BG_OK) {
    *ret_number = head.number;
    memcpy(ret_hash, head.hash, sizeof head.hash);
  }
  return err;
}

struct reading {
  ledger_line_fn *on_line;
  void *context;
  int64_t next;
  size_t left;
  bool stopped;
};

static bool take_line(void *context, const struct store_value *row) {
  struct reading *reading = context;
  reading->next = row[0].number + 1;
  reading->left--;
  reading->stopped = !reading->on_line(reading->context, row[0].number, row[1].bytes);
  return !reading->stopped;
}

enum bg_error ledger_entries(struct ledger *ledger, int64_t from, size_t limit,
                             ledger_line_fn *on_line, void *context) {
  struct reading reading = {.on_line = on_line, .context = context, .next = from, .left = limit};
  enum bg_error err = BG_OK;
  while (err == BG_OK && !reading.stopped && reading.left > 0) {
    size_t left = reading.left;
    size_t wanted = left < LINES_AT_ONCE ? left : LINES_AT_ONCE;
    const struct store_value values[] = {value_number(reading.next), value_number((int64_t)wanted)};
    err = handle_read(ledger, STATEMENT_ENTRIES, values, take_line, &reading);
    if (left - reading.left < wanted) {
      break; /* there are no more */
    }
  }
  return err;
}
