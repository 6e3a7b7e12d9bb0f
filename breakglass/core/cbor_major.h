/* SPDX-License-Identifier: BSD-2-Clause */
/* Major types of RFC 8949 section 3.1, for the reader and the writer. */
#ifndef BREAKGLASS_CORE_CBOR_MAJOR_H
#define BREAKGLASS_CORE_CBOR_MAJOR_H

enum cbor_major {
  CBOR_UNSIGNED,
  CBOR_NEGATIVE,
  CBOR_BYTES,
  CBOR_TEXT,
  CBOR_ARRAY,
  CBOR_MAP,
  CBOR_TAG,
};

#endif
