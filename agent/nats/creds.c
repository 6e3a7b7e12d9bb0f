/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "creds.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"

#define CREDS_FILE_MAX 16384

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"

static struct bg_bytes cut_line(struct bg_bytes *text) {
  const uint8_t *end = text->len > 0 ? memchr(text->data, '\n', text->len) : NULL;
  size_t len = end != NULL ? (size_t)(end - text->data) : text->len;
  struct bg_bytes line = bg_bytes(text->data, len);
  len += end != NULL;
  *text = bg_bytes(text->data + len, text->len - len);
  while (line.len > 0 && strchr(" \t\r", line.data[line.len - 1]) != NULL) {
    line.len--;
  }
  return line;
}

static bool begins(struct bg_bytes line, const char *what) {
  return line.len > 3 && memcmp(line.data, "---", 3) == 0 &&
         memmem(line.data, line.len, what, strlen(what)) != NULL;
}

static bool is_of(struct bg_bytes word, const char *alphabet) {
  for (size_t i = 0; i < word.len; i++) {
    if (word.data[i] == '\0' || strchr(alphabet, word.data[i]) == NULL) {
      return false;
    }
  }
  return word.len > 0;
}

/* The one line behind the header; it goes into JSON as it is, so its bytes are looked at. */
static bool take(struct bg_bytes text, const char *header, const char *alphabet, size_t cap,
                 char *ret_text) {
  while (text.len > 0) {
    if (begins(cut_line(&text), header)) {
      struct bg_bytes word = cut_line(&text);
      return is_of(word, alphabet) && bg_bytes_to_text(word, cap, ret_text) == BG_OK;
    }
  }
  return false;
}

enum bg_error creds_parse(struct bg_bytes text, struct creds *ret_creds) {
  return take(text, "BEGIN NATS USER JWT", UPPER LOWER DIGITS "-_.", sizeof ret_creds->jwt,
              ret_creds->jwt) &&
                 take(text, "BEGIN USER NKEY SEED", UPPER DIGITS, sizeof ret_creds->seed,
                      ret_creds->seed)
             ? BG_OK
             : BG_ERR_SYNTAX;
}

enum bg_error creds_read(const char *path, struct creds *ret_creds) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read_secret(path, geteuid(), BG_MODE_OTHERS, CREDS_FILE_MAX, &file);
  if (err == BG_OK) {
    err = creds_parse(bg_bytes(file.data, file.len), ret_creds);
  }
  bg_file_free(&file);
  return err;
}

void creds_wipe(struct creds *creds) {
  sodium_memzero(creds, sizeof *creds);
}
