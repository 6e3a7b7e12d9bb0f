/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <string.h>

#include "breakglass/text.h"

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

static bool is_v4(const uint8_t address[static 16]) {
  return memcmp(address, mapped, sizeof mapped) == 0;
}

static enum bg_error parse_numeric(struct bg_bytes text, uint8_t ret_address[static 16],
                                   bool *ret_dotted) {
  char copy[INET6_ADDRSTRLEN];
  uint8_t address[16] = {0};
  if (bg_bytes_to_text(text, sizeof copy, copy) != BG_OK) {
    return BG_ERR_SYNTAX;
  }
  bool dotted = strchr(copy, ':') == NULL;
  if (dotted) {
    memcpy(address, mapped, sizeof mapped);
  }
  if (inet_pton(dotted ? AF_INET : AF_INET6, copy, dotted ? address + 12 : address) != 1) {
    return BG_ERR_SYNTAX;
  }
  memcpy(ret_address, address, sizeof address);
  *ret_dotted = dotted;
  return BG_OK;
}

enum bg_error bg_parse_address(struct bg_bytes text, uint8_t ret_address[static 16]) {
  bool dotted = false;
  const uint8_t *zone = text.len > 0 ? memchr(text.data, '%', text.len) : NULL;
  if (zone != NULL) {
    text.len = (size_t)(zone - text.data);
    if (text.len == 0 || memchr(text.data, ':', text.len) == NULL) {
      return BG_ERR_SYNTAX;
    }
  }
  return parse_numeric(text, ret_address, &dotted);
}

/* The bits of byte i that are below the prefix. */
static uint8_t host_mask(unsigned prefix, unsigned i) {
  if (prefix >= 8 * (i + 1)) {
    return 0;
  }
  return (uint8_t)(prefix <= 8 * i ? 0xFFU : 0xFFU >> (prefix - 8 * i));
}

static bool has_host_bits(const struct bg_cidr *cidr) {
  for (unsigned i = 0; i < 16; i++) {
    if ((cidr->address[i] & host_mask(cidr->prefix, i)) != 0) {
      return true;
    }
  }
  return false;
}

enum bg_error bg_parse_cidr(struct bg_bytes text, struct bg_cidr *ret_cidr) {
  struct bg_cidr cidr = {0};
  bool dotted = false;
  int64_t prefix = 0;
  const uint8_t *slash = text.len > 0 ? memchr(text.data, '/', text.len) : NULL;
  if (slash == NULL) {
    return BG_ERR_SYNTAX;
  }
  size_t len = (size_t)(slash - text.data);
  enum bg_error err = parse_numeric(bg_bytes(text.data, len), cidr.address, &dotted);
  if (err == BG_OK) {
    err = bg_parse_uint(bg_bytes(slash + 1, text.len - len - 1), 0, dotted ? 32 : 128, &prefix);
  }
  if (err != BG_OK) {
    return err;
  }
  cidr.prefix = (unsigned)prefix + (dotted ? 96 : 0);
  if (has_host_bits(&cidr) || (!dotted && is_v4(cidr.address))) {
    return BG_ERR_RANGE;
  }
  *ret_cidr = cidr;
  return BG_OK;
}

bool bg_cidr_contains(const struct bg_cidr *cidr, const uint8_t address[static 16]) {
  /* "::/0" means every IPv6 address: not the IPv4 ones that are held as such. */
  if (is_v4(cidr->address) != is_v4(address)) {
    return false;
  }
  for (unsigned i = 0; i < 16; i++) {
    if (((cidr->address[i] ^ address[i]) & ~host_mask(cidr->prefix, i) & 0xFF) != 0) {
      return false;
    }
  }
  return true;
}
