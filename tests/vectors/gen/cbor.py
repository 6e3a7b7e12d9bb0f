# SPDX-License-Identifier: BSD-2-Clause
"""A CBOR encoder: deterministic (RFC 8949, 4.2) unless one of the functions for wrong encodings is asked for."""

import struct

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG = range(7)
NULL, TRUE, BREAK = b"\xf6", b"\xf5", b"\xff"


class Raw(bytes):
    """Bytes to be taken as they are where a value is expected."""


def head(major, number, width=None):
    """Initial byte and argument; width (1, 2, 4 or 8 bytes) forces a longer argument than needed."""
    if width is None:
        if number < 24:
            return bytes([major << 5 | number])
        width = next(w for w in (1, 2, 4, 8) if number < 1 << 8 * w)
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + number.to_bytes(width, "big")


def encode(value):
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, int):
        return head(UNSIGNED, value) if value >= 0 else head(NEGATIVE, -1 - value)
    if isinstance(value, bytes):
        return head(BYTES, len(value)) + value
    if isinstance(value, str):
        return head(TEXT, len(value.encode())) + value.encode()
    if isinstance(value, (list, tuple)):
        return head(ARRAY, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        return bytes(pairs(sorted(value.items(), key=lambda item: encode(item[0]))))
    raise TypeError(type(value))


def pairs(items, width=None):
    """A map with its entries in the given order, repeated ones included."""
    return Raw(head(MAP, len(items), width) + b"".join(encode(k) + encode(v) for k, v in items))


def wide(value, width):
    """An integer, or the length of a byte or text string or array, written longer than needed."""
    if isinstance(value, int):
        return Raw(head(UNSIGNED, value, width) if value >= 0 else head(NEGATIVE, -1 - value, width))
    if isinstance(value, bytes):
        return Raw(head(BYTES, len(value), width) + value)
    if isinstance(value, str):
        return Raw(head(TEXT, len(value.encode()), width) + value.encode())
    return Raw(head(ARRAY, len(value), width) + b"".join(map(encode, value)))


def open_ended(major, *parts):
    """An indefinite-length item made of encoded parts."""
    return Raw(bytes([major << 5 | 31]) + b"".join(map(encode, parts)) + BREAK)


def tagged(number, value):
    return Raw(head(TAG, number) + encode(value))


def utf8(data):
    """A text string of bytes that need not be UTF-8."""
    return Raw(head(TEXT, len(data)) + data)


def double(number):
    return Raw(b"\xfb" + struct.pack(">d", number))


def nested(depth, inner=Raw(b"\x00")):
    """Arrays of one element within each other."""
    return Raw(b"\x81" * depth + inner)
