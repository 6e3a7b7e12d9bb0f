# SPDX-License-Identifier: BSD-2-Clause
"""Ed25519 after RFC 8032, with the points and scalars within reach so that wrong signatures and weak keys can be made.

For test vectors only: nothing here runs in constant time.
"""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)  # extended coordinates: X, Y, Z, T


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def recover_x(y, sign):
    """The x of a point with this y, None when there is none on the curve."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign and x else x


def from_y(y, sign=0):
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def compress(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decompress(data):
    """A point from its one canonical encoding, otherwise None."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    point = from_y(y, sign) if y < P else None
    return point if point and compress(point) == data else None


BASE = from_y(4 * pow(5, -1, P) % P)
BASE_DOUBLES = [BASE]
for _ in range(255):
    BASE_DOUBLES.append(add(BASE_DOUBLES[-1], BASE_DOUBLES[-1]))


def multiply_base(scalar):
    result = NEUTRAL
    for bit in range(scalar.bit_length()):
        if scalar >> bit & 1:
            result = add(result, BASE_DOUBLES[bit])
    return result


def hash_scalar(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def expand(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, digest[32:]


def public_key(seed):
    return compress(multiply_base(expand(seed)[0]))


def sign(seed, message):
    scalar, prefix = expand(seed)
    return sign_with_nonce(scalar, public_key(seed), message, hash_scalar(prefix, message))


def sign_with_nonce(scalar, public, message, nonce):
    """The signature with a chosen r; r = 0 gives the neutral point as R, which a signer never makes."""
    r = compress(multiply_base(nonce))
    s = (nonce + hash_scalar(r, public, message) * scalar) % L
    return r + s.to_bytes(32, "little")


def small_order(point):
    return same(multiply(8, point), NEUTRAL)


def verify(public, message, signature):
    """Strict: canonical A, R and S, neither A nor R of small order."""
    a, r, s = decompress(public), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or small_order(a) or small_order(r):
        return False
    return same(multiply_base(s), add(r, multiply(hash_scalar(signature[:32], public, message), a)))


def torsion_point():
    """A point of order 8."""
    y = 2
    while True:
        point = from_y(y)
        candidate = multiply(L, point) if point else NEUTRAL
        if not same(multiply(4, candidate), NEUTRAL):
            return candidate
        y += 1
