/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/text.h"

#include "utf8.h"

/* General categories Cc, Cf, Zl and Zp of Unicode 15, in order. */
static const struct {
  uint32_t first, last;
} unclean[] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x0600, 0x0605},
    {0x061C, 0x061C},   {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},
    {0x08E2, 0x08E2},   {0x180E, 0x180E},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x2064},   {0x2066, 0x206F},   {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},
    {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F},
};

static bool code_is_clean(uint32_t code) {
  if (code >= 0x20 && code < 0x7F) {
    return true;
  }
  for (size_t i = 0; i < sizeof unclean / sizeof unclean[0] && code >= unclean[i].first; i++) {
    if (code <= unclean[i].last) {
      return false;
    }
  }
  return true;
}

static bool each_is(struct bg_bytes text, bool clean) {
  while (text.len > 0) {
    uint32_t code = 0;
    size_t len = bg_utf8_decode(text, &code);
    if (len == 0 || (clean && !code_is_clean(code))) {
      return false;
    }
    text = bg_bytes(text.data + len, text.len - len);
  }
  return true;
}

bool bg_text_is_clean(struct bg_bytes text) {
  return each_is(text, true);
}

bool bg_text_is_word(struct bg_bytes text) {
  size_t i = 0;
  while (i < text.len && text.data[i] > ' ' && text.data[i] <= '~') {
    i++;
  }
  return i == text.len;
}

bool bg_text_is_utf8(struct bg_bytes text) {
  return each_is(text, false);
}
