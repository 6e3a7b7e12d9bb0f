/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "credentials.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"

#define PEM_MAX 65536
#define KEY_ID_MAX 64

static gnutls_datum_t datum(const struct bg_file *file) {
  return (gnutls_datum_t){.data = file->data, .size = (unsigned)file->len};
}

static enum bg_error read_chain(const char *path, struct credentials *credentials) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read(path, geteuid(), PEM_MAX, &file);
  if (err != BG_OK) {
    return err;
  }
  gnutls_datum_t pem = datum(&file);
  credentials->count = CREDENTIALS_CHAIN_MAX;
  int result = gnutls_pcert_list_import_x509_raw(credentials->chain, &credentials->count, &pem,
                                                 GNUTLS_X509_FMT_PEM,
                                                 GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);
  bg_file_free(&file);
  if (result < 0 || credentials->count == 0) {
    credentials->count = 0;
    return result == GNUTLS_E_MEMORY_ERROR ? BG_ERR_NOMEM : BG_ERR_SYNTAX;
  }
  return BG_OK;
}

/* A group may read it, as Debian's ssl-cert does; the world may not. */
static enum bg_error check_private(const char *path) {
  struct stat st;
  if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IRWXO) != 0) {
    return BG_ERR_UNSAFE;
  }
  return BG_OK; /* whatever else is wrong, reading it tells */
}

static enum bg_error read_key(const char *path, struct credentials *credentials) {
  struct bg_file file = {0};
  enum bg_error err = check_private(path);
  if (err == BG_OK) {
    err = bg_file_read(path, geteuid(), PEM_MAX, &file);
  }
  if (err != BG_OK) {
    return err;
  }
  gnutls_datum_t pem = datum(&file);
  if (gnutls_privkey_init(&credentials->key) < 0) {
    err = BG_ERR_NOMEM;
  } else if (gnutls_privkey_import_x509_raw(credentials->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0) <
             0) {
    err = BG_ERR_SYNTAX;
  }
  bg_file_free(&file); /* wiped */
  return err;
}

static bool key_id(gnutls_pubkey_t key, uint8_t ret_id[static KEY_ID_MAX], size_t *ret_len) {
  *ret_len = KEY_ID_MAX;
  return gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, ret_id, ret_len) >= 0;
}

static enum bg_error check_pair(const struct credentials *credentials) {
  uint8_t ids[2][KEY_ID_MAX];
  size_t lens[2];
  gnutls_pubkey_t public_half;
  if (gnutls_pubkey_init(&public_half) < 0) {
    return BG_ERR_NOMEM;
  }
  bool same = gnutls_pubkey_import_privkey(public_half, credentials->key, 0, 0) >= 0 &&
              key_id(public_half, ids[0], &lens[0]) &&
              key_id(credentials->chain[0].pubkey, ids[1], &lens[1]) && lens[0] == lens[1] &&
              memcmp(ids[0], ids[1], lens[0]) == 0;
  gnutls_pubkey_deinit(public_half);
  return same ? BG_OK : BG_ERR_KEY;
}

enum bg_error credentials_read(const char *certificate, const char *key,
                               struct credentials **ret_credentials) {
  struct credentials *credentials = calloc(1, sizeof *credentials);
  if (credentials == NULL) {
    return BG_ERR_NOMEM;
  }
  credentials_hold(credentials);
  enum bg_error err = read_chain(certificate, credentials);
  if (err == BG_OK) {
    err = read_key(key, credentials);
  }
  if (err == BG_OK) {
    err = check_pair(credentials);
  }
  if (err != BG_OK) {
    credentials_drop(credentials);
    return err;
  }
  *ret_credentials = credentials;
  return BG_OK;
}

void credentials_hold(struct credentials *credentials) {
  credentials->holders++;
}

void credentials_drop(struct credentials *credentials) {
  if (credentials == NULL || --credentials->holders > 0) {
    return;
  }
  for (unsigned i = 0; i < credentials->count; i++) {
    gnutls_pcert_deinit(&credentials->chain[i]);
  }
  if (credentials->key != NULL) {
    gnutls_privkey_deinit(credentials->key);
  }
  free(credentials);
}
