# SPDX-License-Identifier: BSD-2-Clause
"""Tokens refused for their form, before any key is looked up: `too-long` and `malformed`.

Wherever it can be so, the signatures are good over what the token holds: only the form is wrong.
"""

from . import cbor
from .accepted import sized
from .cbor import Raw, encode, head, nested, open_ended, pairs, tagged, wide
from .message import LONGEST_TEXT, Message, by, case, claims, header, sig_structure, signed, text
from .people import BOB, BOB_SECOND, CAROL, DAVE, ERIN, FRANK, MALLORY, SIGNER, SIGNER_B

PAYLOAD = encode(claims("form"))
ORDINARY = signed(PAYLOAD)
RAW = ORDINARY.encode()
TEXT = text(RAW)


def malformed(name, why, **details):
    return case(name, "malformed", why, **details)


def lengths():
    yield case("text-too-long", "too-long", "The next possible length after 1000 characters, otherwise good.",
               token=sized("text-too-long", 748))
    yield case("text-1001", "too-long", "1001 characters, which are not even base64url.", token="bg1_" + "A" * 997)
    yield case("text-too-long-no-prefix", "too-long", "The length is looked at before the prefix.", token="x" * 5000)
    yield malformed("text-1000-zeros", "1000 characters of base64url which are no message.",
                    token="bg1_" + "A" * (LONGEST_TEXT - 4))


def texts():
    padded = next(text(signed(encode(claims("form", why="w" * n))).encode()) for n in range(1, 4)
                  if len(signed(encode(claims("form", why="w" * n))).encode()) % 3 == 1)
    following = padded[:-1] + chr(ord(padded[-1]) + 1)
    special = next(t for t in (text(signed(encode(claims(f"form {n}"))).encode()) for n in range(50))
                   if "-" in t and "_" in t[4:])
    table = (
        ("empty", "Nothing at all.", ""),
        ("prefix-alone", "A prefix with nothing after it.", "bg1_"),
        ("prefix-missing", "No prefix.", TEXT[4:]),
        ("prefix-capital", "The prefix is in small letters.", "BG1_" + TEXT[4:]),
        ("prefix-version", "The prefix of another version.", "bg2_" + TEXT[4:]),
        ("prefix-separator", "Another separator in the prefix.", "bg1-" + TEXT[4:]),
        ("prefix-twice", "The prefix twice.", "bg1_" + TEXT),
        ("space-before", "A space before the token.", " " + TEXT),
        ("space-after", "A space after the token.", TEXT + " "),
        ("newline-after", "A newline after the token.", TEXT + "\n"),
        ("newline-within", "A line break in the middle.", TEXT[:80] + "\n" + TEXT[80:]),
        ("padding", "base64url is written without padding.", padded + "=="),
        ("padding-alone", "Padding instead of a message.", "bg1_===="),
        ("standard-alphabet", "The alphabet of plain base64.",
         "bg1_" + special[4:].replace("-", "+").replace("_", "/")),
        ("foreign-character", "A full stop among the characters.", TEXT[:50] + "." + TEXT[51:]),
        ("not-ascii", "A letter outside ASCII.", TEXT[:50] + "é" + TEXT[51:]),
        ("trailing-bits", "The unused bits of the last character are not zero.", following),
        ("one-character-over", "A number of characters that base64 never has.", padded[:-1]),
        ("one-character-short", "The last character is missing.", TEXT[:-1]),
        ("hexadecimal", "The message in hexadecimal.",
         "bg1_" + signed(encode(claims("form")), [by(SIGNER)]).encode().hex()[:900]),
        ("second-message", "The beginning of a second message after a whole one.",
         text(signed(encode(claims("f")), [by(SIGNER)]).encode() + b"\xd8\x62\x84")),
    )
    for name, why, token in table:
        yield malformed("text-" + name, why, token=token)


def truncations():
    """The message ends where each of its parts should begin, or within it."""
    first, second = (encode(signature) for signature in ORDINARY.signatures)
    payload = 5 + len(head(cbor.BYTES, len(PAYLOAD)))
    array = payload + len(PAYLOAD)
    entry = array + 1
    other = entry + len(first)
    protected = len(encode(ORDINARY.signatures[0][0]))
    table = (
        ("within-tag", "within the tag", 1), ("after-tag", "after the tag", 2),
        ("after-array", "after the head of the message", 3), ("after-protected", "after the protected header", 4),
        ("before-payload", "before the payload", 5), ("within-payload-head", "within the payload's length", 6),
        ("after-payload-head", "after the payload's length", payload),
        ("within-payload", "within the payload", payload + 40), ("after-payload", "after the payload", array),
        ("before-first-signature", "after the head of the signatures", entry),
        ("after-signature-head", "after the head of a signature", entry + 1),
        ("within-header", "within a signature's header", entry + 6),
        ("after-header", "after a signature's protected header", entry + 1 + protected),
        ("after-headers", "after a signature's headers", entry + 2 + protected),
        ("within-signature-head", "within the length of signature bytes", entry + 3 + protected),
        ("within-signature", "within signature bytes", entry + 30 + protected),
        ("before-second-signature", "before the second signature", other),
        ("within-second-header", "within the second signature's header", other + 6),
        ("within-last-signature", "within the last signature bytes", other + len(second) - 20),
        ("last-byte", "before the last byte", len(RAW) - 1),
    )
    for name, place, end in table:
        yield malformed("cut-" + name, f"The message ends {place}.", token=text(RAW[:end]))


def changed(**parts):
    return Message(**{"payload": PAYLOAD, "signatures": ORDINARY.signatures, **parts}).encode()


def rebuilt(*parts, start=b"\xd8\x62\x84"):
    return start + b"".join(map(encode, parts))


def messages():
    parts = ORDINARY.parts()
    signatures = ORDINARY.signatures
    body_alg = encode({1: -8})
    with_alg = [by(key, over=lambda p, h: sig_structure(p, h, body=body_alg))(PAYLOAD) for key in (SIGNER, BOB)]
    table = (
        ("tag-missing", "The message has no tag.", RAW[2:]),
        ("tag-sign1", "The tag of a message with one signature.", b"\xd2" + RAW[2:]),
        ("tag-mac", "The tag of a message with a MAC.", b"\xd8\x61" + RAW[2:]),
        ("tag-wide", "The tag in more bytes than needed.", head(cbor.TAG, 98, 2) + RAW[2:]),
        ("tag-twice", "The tag twice.", RAW[:2] + RAW),
        ("tag-cwt", "The tag of a CBOR Web Token around the message.", b"\xd8\x3d" + RAW),
        ("tag-self-described", "The tag of self-described CBOR around the message.", b"\xd9\xd9\xf7" + RAW),
        ("trailing-byte", "A byte after the message.", RAW + b"\x00"),
        ("trailing-break", "A break after the message.", RAW + b"\xff"),
        ("trailing-message", "An item after the message.", RAW + b"\xd8\x62\x80"),
        ("array-of-three", "The message has no signatures.", rebuilt(*parts[:3], start=b"\xd8\x62\x83")),
        ("array-of-five", "The message has a fifth part.", rebuilt(*parts, b"", start=b"\xd8\x62\x85")),
        ("array-wide", "The message's array in more bytes than needed.", rebuilt(*parts, start=b"\xd8\x62\x98\x04")),
        ("array-indefinite", "The message's array has no length.", b"\xd8\x62" + open_ended(cbor.ARRAY, *parts)),
        ("map", "The message is a map.", rebuilt(b"", {}, PAYLOAD, signatures, start=b"\xd8\x62\xa2")),
        ("text-for-bytes", "The payload is a text string.",
         changed(payload=Raw(head(cbor.TEXT, len(PAYLOAD)) + PAYLOAD))),
        ("payload-detached", "The payload is null.", changed(payload=Raw(cbor.NULL))),
        ("payload-bare", "The payload is a map, not a byte string.", changed(payload=Raw(PAYLOAD))),
        ("payload-wide", "The payload's length in more bytes than needed.", changed(payload=wide(PAYLOAD, 4))),
        ("payload-indefinite", "The payload comes in pieces.",
         changed(payload=open_ended(cbor.BYTES, PAYLOAD[:50], PAYLOAD[50:]))),
        ("payload-endless", "The payload's length passes the message's end.",
         rebuilt(b"", {}, Raw(head(cbor.BYTES, 2**32) + PAYLOAD))),
        ("payload-overflow", "The payload's length is the largest number there is.",
         rebuilt(b"", {}, Raw(head(cbor.BYTES, 2**64 - 1) + PAYLOAD))),
        ("reserved-argument", "An initial byte that CBOR keeps for later.", rebuilt(b"", {}, Raw(b"\x5c" + PAYLOAD))),
        ("protected-empty-map", "The body's protected header is an encoded empty map.", changed(protected=b"\xa0")),
        ("protected-map", "The body's protected header is a map, not a byte string.", changed(protected={})),
        ("protected-null", "The body's protected header is null.", changed(protected=Raw(cbor.NULL))),
        ("protected-wide", "The body's protected header has a length in two bytes.", changed(protected=wide(b"", 1))),
        ("protected-alg", "The body has an algorithm, and the signatures cover it.",
         changed(protected=body_alg, signatures=with_alg)),
        ("unprotected-alg", "The body's unprotected headers hold an algorithm.", changed(unprotected={1: -8})),
        ("unprotected-note", "The body's unprotected headers hold a text.", changed(unprotected={"note": "x"})),
        ("unprotected-array", "The body's unprotected headers are an array.", rebuilt(b"", [], *parts[2:])),
        ("unprotected-indefinite", "The body's unprotected headers have no length.",
         rebuilt(b"", open_ended(cbor.MAP), *parts[2:])),
        ("signatures-none", "No signature.", changed(signatures=[])),
        ("signatures-six", "Six signatures, all good.",
         signed(PAYLOAD, [by(key) for key in (SIGNER, BOB, CAROL, DAVE, ERIN, FRANK)]).encode()),
        ("signatures-bare", "One signature without the array around it.", changed(signatures=signatures[0])),
        ("signatures-bytes", "The signatures are a byte string.", changed(signatures=encode(signatures))),
        ("signatures-null", "The signatures are null.", changed(signatures=Raw(cbor.NULL))),
        ("signatures-map", "The signatures are a map.", changed(signatures={1: signatures[0]})),
        ("signatures-wide", "The array of signatures in more bytes than needed.",
         changed(signatures=wide(signatures, 1))),
        ("signatures-indefinite", "The array of signatures has no length.",
         changed(signatures=open_ended(cbor.ARRAY, *signatures))),
        ("signatures-endless", "An array of four thousand million signatures.",
         changed(signatures=Raw(head(cbor.ARRAY, 2**32) + encode(signatures[0])))),
        ("signatures-deep", "Arrays within arrays in the signatures' place.", changed(signatures=[nested(200)])),
        ("same-key-twice", "The same key signed twice.",
         changed(signatures=[signatures[0], signatures[1], signatures[1]])),
        ("same-kid-twice", "A second signature under a first one's key id, by a key that is trusted for another.",
         changed(signatures=[*signatures, by(BOB_SECOND, protected=header(BOB))(PAYLOAD)])),
        ("same-kid-other-algorithm", "Two signatures with one key id, under different algorithms.",
         changed(signatures=[*signatures, by(CAROL, protected=header(BOB, alg=-70001))(PAYLOAD)])),
    )
    for name, why, raw in table:
        yield malformed("message-" + name, why, token=text(raw))


def headers():
    """The approver's signature has a wrong protected header, and signs it."""
    alg, kid = (1, -8), (4, BOB.kid)
    table = (
        ("empty", "no header at all", b""),
        ("empty-map", "an empty map", encode({})),
        ("kid-missing", "no key id", encode({1: -8})),
        ("alg-missing", "no algorithm", encode({4: BOB.kid})),
        ("alg-text", "an algorithm by name", encode({1: "EdDSA", 4: BOB.kid})),
        ("alg-positive", "algorithm 8", header(BOB, alg=8)),
        ("alg-es256", "algorithm ES256", header(BOB, alg=-7)),
        ("alg-es512", "algorithm ES512", header(BOB, alg=-36)),
        ("alg-hmac", "algorithm HMAC 256/256", header(BOB, alg=5)),
        ("alg-ed25519", "the newer number of Ed25519", header(BOB, alg=-19)),
        ("alg-next", "a private algorithm besides that of hardware keys", header(BOB, alg=-70002)),
        ("alg-wide", "an algorithm in more bytes than needed", pairs([(1, wide(-8, 1)), kid])),
        ("alg-huge", "an algorithm of 64 bits that ends in -8",
         pairs([(1, Raw(b"\x3b\x00\x00\x00\x01\x00\x00\x00\x07")), kid])),
        ("alg-twice", "the algorithm twice", pairs([alg, alg, kid])),
        ("alg-two", "two algorithms", pairs([alg, (1, -70001), kid])),
        ("kid-short", "a key id of 7 bytes", header(BOB, kid=BOB.kid[:7])),
        ("kid-long", "a key id of 9 bytes", header(BOB, kid=BOB.hash[:9])),
        ("kid-text", "a key id in hexadecimal", header(BOB, kid=BOB.kid.hex())),
        ("kid-text-of-eight", "a key id of eight letters", header(BOB, kid="abcdefgh")),
        ("kid-wide", "a key id with a length in two bytes", pairs([alg, (4, wide(BOB.kid, 1))])),
        ("unsorted", "the key id before the algorithm", pairs([kid, alg])),
        ("unknown", "a header that is not known", encode({1: -8, 3: 0, 4: BOB.kid})),
        ("critical", "a list of critical headers", encode({1: -8, 2: [4], 4: BOB.kid})),
        ("text-key", "a header with a text as its key", encode({1: -8, 4: BOB.kid, "kid": BOB.kid})),
        ("map-wide", "a map in more bytes than needed", pairs([alg, kid], width=1)),
        ("map-indefinite", "a map without a length", open_ended(cbor.MAP, 1, -8, 4, BOB.kid)),
        ("trailing-byte", "a byte after the map", header(BOB) + b"\x00"),
        ("wrapped-twice", "a byte string in the byte string", encode(header(BOB))),
        ("array", "an array", encode([1, -8, 4, BOB.kid])),
        ("tagged", "a tagged map", tagged(24, {1: -8, 4: BOB.kid})),
        ("truncated", "a map that ends early", header(BOB)[:-1]),
    )
    for name, what, protected in table:
        yield malformed("header-" + name, f"A signature's protected header is {what}.",
                        signers=(SIGNER, by(BOB, protected=bytes(protected))))


def entries():
    """The second of the signatures has a wrong shape."""
    protected, _, signature = by(BOB)(PAYLOAD)
    hardware = by(CAROL)(PAYLOAD)
    no_alg, no_kid = encode({4: BOB.kid}), encode({1: -8})
    table = (
        ("two-parts", "A signature without unprotected headers.", [protected, signature]),
        ("four-parts", "A signature with a fourth part.", [protected, {}, signature, b""]),
        ("indefinite", "A signature's array has no length.", open_ended(cbor.ARRAY, protected, {}, signature)),
        ("wide", "A signature's array in more bytes than needed.", wide([protected, {}, signature], 1)),
        ("null", "A signature is null.", Raw(cbor.NULL)),
        ("tagged", "A signature has a tag.", tagged(98, [protected, {}, signature])),
        ("protected-bare", "A signature's protected header is not in a byte string.", [Raw(protected), {}, signature]),
        ("protected-indefinite", "A signature's protected header comes in pieces.",
         [open_ended(cbor.BYTES, protected), {}, signature]),
        ("kid-unprotected", "The key id is in the unprotected headers.", by(BOB, no_kid, {4: BOB.kid})(PAYLOAD)),
        ("alg-unprotected", "The algorithm is in the unprotected headers.", by(BOB, no_alg, {1: -8})(PAYLOAD)),
        ("both-unprotected", "Both headers are unprotected.", by(BOB, b"", {1: -8, 4: BOB.kid})(PAYLOAD)),
        ("kid-in-both", "The key id is in both headers.", by(BOB, None, {4: BOB.kid})(PAYLOAD)),
        ("countersigned", "The unprotected headers hold a counter-signature.",
         by(BOB, None, {11: b"\x00" * 64})(PAYLOAD)),
        ("unprotected-null", "A signature's unprotected headers are null.", [protected, Raw(cbor.NULL), signature]),
        ("unprotected-wide", "A signature's unprotected headers have a length in two bytes.",
         [protected, Raw(b"\xb8\x00"), signature]),
        ("empty", "The signature bytes are empty.", [protected, {}, b""]),
        ("short", "63 signature bytes.", [protected, {}, signature[:-1]]),
        ("long", "65 signature bytes.", [protected, {}, signature + b"\x00"]),
        ("text", "The signature bytes are a text string.", [protected, {}, "s" * 64]),
        ("bytes-wide", "The signature bytes' length in more bytes than needed.", [protected, {}, wide(signature, 2)]),
        ("bytes-indefinite", "The signature bytes come in pieces.",
         [protected, {}, open_ended(cbor.BYTES, signature[:32], signature[32:])]),
        ("plain-long", "69 signature bytes under the plain algorithm.", [header(CAROL, alg=-8), {}, hardware[2]]),
        ("hardware-short", "64 signature bytes under the hardware keys' algorithm.",
         [hardware[0], {}, hardware[2][:64]]),
        ("hardware-no-counter", "A hardware key's signature without its counter.", [hardware[0], {}, hardware[2][:65]]),
        ("hardware-long", "70 signature bytes under the hardware keys' algorithm.",
         [hardware[0], {}, hardware[2] + b"\x00"]),
        ("hardware-next-alg", "A hardware key's signature under another private algorithm.",
         [header(CAROL, alg=-70002), {}, hardware[2]]),
        ("hardware-es256", "A hardware key's signature under algorithm ES256.",
         [header(CAROL, alg=-7), {}, hardware[2]]),
        ("hardware-ssh-form", "A hardware key's signature as SSH writes it, with its type before it.",
         [hardware[0], {}, b"\x00\x00\x00\x1ask-ssh-ed25519@openssh.com\x00\x00\x00\x40" + hardware[2]]),
    )
    for name, why, entry in table:
        yield malformed("signature-" + name, why, token=text(changed(signatures=[by(SIGNER)(PAYLOAD), entry])))


def precedence():
    yield malformed("order-malformed-first", "Form is looked at before keys: the first signer is not trusted.",
                    signers=(MALLORY, by(BOB, protected=header(BOB, alg=-7))))
    yield malformed("order-malformed-before-bad", "Form is looked at before signatures: the first one is wrong.",
                    signers=(by(SIGNER_B, spoil=lambda s: bytes(64)), by(BOB, spoil=lambda s: s[:-1])))


def cases():
    for part in (lengths, texts, truncations, messages, headers, entries, precedence):
        yield from part()
