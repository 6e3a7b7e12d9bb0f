/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/chain.h"

#include <sodium.h>
#include <string.h>

#include "breakglass/text.h"

/* The part of the line that is still to be read; each step cuts off what it has read. */
static bool skip(struct bg_bytes *rest, const char *text) {
  size_t len = strlen(text);
  if (rest->len < len || memcmp(rest->data, text, len) != 0) {
    return false;
  }
  *rest = bg_bytes(rest->data + len, rest->len - len);
  return true;
}

static bool read_number(struct bg_bytes *rest, int64_t min, int64_t max, int64_t *ret_number) {
  size_t len = 0;
  while (len < rest->len && rest->data[len] >= '0' && rest->data[len] <= '9') {
    len++;
  }
  if (bg_parse_uint(bg_bytes(rest->data, len), min, max, ret_number) != BG_OK) {
    return false;
  }
  *rest = bg_bytes(rest->data + len, rest->len - len);
  return true;
}

/* Lower case alone: two spellings of one hash would be two lines. */
static bool read_hash(struct bg_bytes *rest, uint8_t ret_hash[static BG_CHAIN_HASH_SIZE]) {
  size_t len = (size_t)2 * BG_CHAIN_HASH_SIZE;
  char again[2 * BG_CHAIN_HASH_SIZE + 1];
  if (rest->len < len ||
      bg_parse_hex(bg_bytes(rest->data, len), BG_CHAIN_HASH_SIZE, ret_hash) != BG_OK) {
    return false;
  }
  bg_hex(bg_bytes(ret_hash, BG_CHAIN_HASH_SIZE), again);
  return skip(rest, again);
}

static bool skip_word(struct bg_bytes *rest) {
  size_t len = 0;
  while (len < rest->len &&
         ((rest->data[len] >= 'a' && rest->data[len] <= 'z') || rest->data[len] == '_')) {
    len++;
  }
  *rest = bg_bytes(rest->data + len, rest->len - len);
  return len > 0;
}

static bool holds_control(struct bg_bytes line) {
  for (size_t i = 0; i < line.len; i++) {
    if (line.data[i] < 0x20) {
      return true;
    }
  }
  return false;
}

static bool read_beginning(struct bg_bytes line, struct bg_chain *ret_claimed) {
  int64_t time;
  return skip(&line, "{\"number\":") && read_number(&line, 1, INT64_MAX, &ret_claimed->number) &&
         skip(&line, ",\"previous\":\"") && read_hash(&line, ret_claimed->hash) &&
         skip(&line, "\",\"time\":") && read_number(&line, 0, BG_TIME_MAX, &time) &&
         skip(&line, ",\"kind\":\"") && skip_word(&line) && skip(&line, "\",") && line.len > 0 &&
         line.data[line.len - 1] == '}';
}

static enum bg_chain_fault judge(const struct bg_chain *chain, struct bg_bytes line) {
  struct bg_chain claimed;
  if (line.len > BG_CHAIN_LINE_MAX) {
    return BG_CHAIN_TOO_LONG;
  }
  if (!read_beginning(line, &claimed) || holds_control(line)) {
    return BG_CHAIN_FORM;
  }
  if (claimed.number - 1 != chain->number) {
    return BG_CHAIN_NUMBER;
  }
  return memcmp(claimed.hash, chain->hash, sizeof chain->hash) == 0 ? BG_CHAIN_GOOD
                                                                    : BG_CHAIN_PREVIOUS;
}

enum bg_chain_fault bg_chain_take(struct bg_chain *chain, struct bg_bytes line) {
  enum bg_chain_fault fault = judge(chain, line);
  if (fault == BG_CHAIN_GOOD) {
    chain->number++;
    (void)crypto_hash_sha256(chain->hash, line.data, line.len);
  }
  return fault;
}

const char *bg_chain_fault_text(enum bg_chain_fault fault) {
  static const char *const texts[BG_CHAIN_FAULT_COUNT] = {
      [BG_CHAIN_GOOD] = "it is good",
      [BG_CHAIN_TOO_LONG] = "it is too long",
      [BG_CHAIN_FORM] = "it does not begin as an entry does",
      [BG_CHAIN_NUMBER] = "its number is not the next",
      [BG_CHAIN_PREVIOUS] = "it does not carry the hash of the line before",
  };
  return (unsigned)fault < BG_CHAIN_FAULT_COUNT ? texts[fault] : "unknown";
}
