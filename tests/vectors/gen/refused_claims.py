# SPDX-License-Identifier: BSD-2-Clause
"""Tokens refused with `bad-claims`: signatures and rule are good, the payload is not."""

from . import cbor
from .accepted import LAST_TIME, NONCE
from .cbor import Raw, double, encode, head, nested, open_ended, pairs, tagged, utf8, wide
from .message import ABSENT, CLAIM_KEYS, by, case, claims
from .people import ALICE, BOB, CAROL, DAVE, NOW, SIGNER

REQUIRED = {"iss": "issuer", "sub": "subject", "aud": "audience", "exp": "expiry", "nbf": "begin",
            "iat": "time of issue",
            "cti": "token id", "login": "login", "max": "longest session", "why": "reason"}


def refused(name, why, changes=None, **details):
    return case("claims-" + name, "bad-claims", why, changes, **details)


def missing():
    for claim, meaning in REQUIRED.items():
        yield refused(f"{claim}-missing", f"There is no claim for the {meaning}.", {claim: ABSENT})


def types():
    table = (
        ("iss-bytes", "The issuer is a byte string.", {"iss": b"signer.example"}),
        ("iss-null", "The issuer is null.", {"iss": Raw(cbor.NULL)}),
        ("sub-bytes", "The subject is a byte string.", {"sub": b"alice@example.com"}),
        ("sub-array", "The subject is an array of texts.", {"sub": ["alice@example.com"]}),
        ("aud-bytes", "The audience is a byte string.", {"aud": b"host:web-17"}),
        ("aud-map", "The audience is a map.", {"aud": {"host": "web-17"}}),
        ("aud-null", "The audience is null.", {"aud": Raw(cbor.NULL)}),
        ("aud-true", "The audience is true, which is no wildcard.", {"aud": Raw(cbor.TRUE)}),
        ("aud-array-mixed", "The audience holds a number beside a good text.", {"aud": ["host:web-17", 17]}),
        ("aud-array-nested", "The audience is an array within an array.", {"aud": [["host:web-17"]]}),
        ("exp-text", "The expiry is a text.", {"exp": str(NOW + 600)}),
        ("exp-double", "The expiry is a floating-point number.", {"exp": double(NOW + 600)}),
        ("exp-half", "The expiry is infinite, in half precision.", {"exp": Raw(b"\xf9\x7c\x00")}),
        ("exp-tagged", "The expiry is tagged as a time.", {"exp": tagged(1, NOW + 600)}),
        ("exp-bignum", "The expiry is a big number.", {"exp": tagged(2, (NOW + 600).to_bytes(9, "big"))}),
        ("exp-null", "The expiry is null.", {"exp": Raw(cbor.NULL)}),
        ("nbf-text", "The begin is a text.", {"nbf": "now"}),
        ("nbf-date", "The begin is a date in text.", {"nbf": tagged(0, "2026-01-01T00:00:00Z")}),
        ("iat-false", "The time of issue is false.", {"iat": Raw(b"\xf4")}),
        ("cti-text", "The token id is in hexadecimal.", {"cti": "00" * 16}),
        ("cti-number", "The token id is a number.", {"cti": 2**63}),
        ("cnf-bytes", "The holder's hash has no map around it.", {"cnf": ALICE.hash}),
        ("cnf-null", "The holder claim is null.", {"cnf": Raw(cbor.NULL)}),
        ("cnf-text", "The holder's hash is a text.", {"cnf": {3: ALICE.hash.hex()[:32]}}),
        ("cnf-array", "The holder claim is an array.", {"cnf": [3, ALICE.hash]}),
        ("cnf-array-of-one", "The holder claim is an array of the key's number.", {"cnf": [3]}),
        ("nonce-text", "The nonce is in hexadecimal.", {"nonce": NONCE.hex()}),
        ("login-array", "The login is an array of texts.", {"login": ["ops"]}),
        ("login-number", "The login is a user's number.", {"login": 0}),
        ("max-text", "The longest session is a text.", {"max": "30m"}),
        ("max-double", "The longest session is a floating-point number.", {"max": double(1800)}),
        ("lvl-text", "The level is a name.", {"lvl": "rebuild"}),
        ("lvl-null", "The level is null.", {"lvl": Raw(cbor.NULL)}),
        ("why-bytes", "The reason is a byte string.", {"why": b"INC-4711"}),
        ("src-text", "The sources are one text.", {"src": "192.0.2.0/24"}),
        ("src-number", "A source is a number.", {"src": [0]}),
        ("src-tagged", "A source is a tagged address prefix.", {"src": [tagged(52, [24, b"\xc0\x00\x02"])]}),
    )
    for row in table:
        yield refused(*row)


def ranges():
    huge = 2**63
    table = (
        ("exp-negative", "The expiry lies before 1970.", {"exp": -1}),
        ("exp-after-9999", "The expiry is a second past the year 9999.", {"exp": LAST_TIME + 1}),
        ("exp-64-bit", "The expiry is the largest number there is.", {"exp": 2**64 - 1}),
        ("exp-63-bit", "The expiry does not fit a signed number.", {"exp": huge}),
        ("exp-wraps", "The expiry is right modulo 2^32.", {"exp": NOW + 600 + 2**32 * 2**28}),
        ("nbf-negative", "The begin lies before 1970.", {"nbf": -1}),
        ("nbf-lowest", "The begin is the lowest number there is.", {"nbf": -2**64}),
        ("iat-negative", "The time of issue lies before 1970.", {"iat": -NOW}),
        ("iat-after-9999", "The time of issue is past the year 9999.", {"iat": LAST_TIME + 1}),
        ("exp-is-nbf", "The window is empty.", {"exp": NOW}),
        ("exp-before-nbf", "The window ends before it begins.", {"exp": NOW - 1}),
        ("iat-after-exp", "Issued after its end.", {"iat": NOW + 601}),
        ("cti-short", "A token id of 15 bytes.", {"cti": bytes(15)}),
        ("cti-long", "A token id of 17 bytes.", {"cti": bytes(17)}),
        ("cti-empty", "A token id of no bytes.", {"cti": b""}),
        ("nonce-short", "A nonce of 15 bytes.", {"nonce": NONCE[:15]}),
        ("nonce-long", "A nonce of 17 bytes.", {"nonce": NONCE + b"\x10"}),
        ("nonce-empty", "A nonce of no bytes.", {"nonce": b""}),
        ("cnf-empty", "A holder claim with nothing in it.", {"cnf": {}}),
        ("cnf-short", "A holder's hash of 31 bytes.", {"cnf": {3: ALICE.hash[:31]}}),
        ("cnf-long", "A holder's hash of 33 bytes.", {"cnf": {3: ALICE.hash + b"\x00"}}),
        ("cnf-other-key", "The hash stands under another key.", {"cnf": {2: ALICE.hash}}),
        ("cnf-more", "A second entry beside the holder's hash.", {"cnf": {3: ALICE.hash, 4: ALICE.hash}}),
        ("cnf-twice", "The holder's hash twice.", {"cnf": pairs([(3, ALICE.hash), (3, BOB.hash)])}),
        ("max-zero", "The longest session is 0 seconds.", {"max": 0}),
        ("max-negative", "The longest session is negative.", {"max": -1}),
        ("max-32-bit", "The longest session is one second too long.", {"max": 2**31}),
        ("max-64-bit", "The longest session does not fit 32 bits, its lower half does.", {"max": 2**32 + 1800}),
        ("lvl-zero", "Level 0.", {"lvl": 0}),
        ("lvl-four", "Level 4.", {"lvl": 4}),
        ("lvl-negative", "Level -1.", {"lvl": -1}),
        ("lvl-wraps", "Level 257.", {"lvl": 257}),
    )
    for row in table:
        yield refused(*row)
    yield refused("times-with-nonce", "With a nonce the times must still be in order.", {"nonce": NONCE, "exp": NOW},
                  challenge=NONCE)


def audiences():
    table = (
        ("empty", "an empty text", ""), ("empty-array", "an empty array", []),
        ("nine", "an array of nine texts", [f"host:web-{n}" for n in range(10, 19)]),
        ("array-empty-text", "an array with an empty text", ["host:web-17", ""]),
        ("bare-id", "a host id without its kind", "web-17"), ("host-alone", "`host:` and no id", "host:"),
        ("host-word", "the word `host`", "host"), ("group-alone", "`group:` and no name", "group:"),
        ("capital", "`Host:`", "Host:web-17"), ("other-kind", "a kind that is not known", "user:web-17"),
        ("array-other-kind", "a kind that is not known beside a good text", ["host:web-17", "service:x"]),
        ("wildcard", "a lone asterisk", "*"), ("space", "a space before the kind", " host:web-17"),
        ("long", "a text of 129 bytes", "host:" + "h" * 124),
        ("array-long", "a text of 129 bytes in an array", ["host:" + "h" * 124]),
        ("control", "a host id with a line break", "host:web-17\n"),
    )
    for name, what, value in table:
        yield refused("aud-" + name, f"The audience is {what}.", {"aud": value})


def sources():
    table = (
        ("empty", "no block at all", []), ("nine", "nine blocks", [f"10.{n}.0.0/16" for n in range(9)]),
        ("empty-text", "an empty text", [""]), ("any", "the word `any`", ["any"]),
        ("no-length", "an address without a length", ["192.0.2.10"]),
        ("empty-length", "an empty length", ["192.0.2.0/"]),
        ("no-address", "a length without an address", ["/24"]),
        ("length-33", "an IPv4 length of 33", ["192.0.2.10/33"]),
        ("length-129", "an IPv6 length of 129", ["2001:db8::1/129"]),
        ("length-negative", "a negative length", ["192.0.2.0/-1"]),
        ("length-plus", "a length with a sign", ["192.0.2.0/+24"]),
        ("length-zeros", "a length with a leading zero", ["192.0.2.0/024"]),
        ("length-space", "a space before the length", ["192.0.2.0/ 24"]),
        ("length-twice", "two lengths", ["192.0.2.0/24/24"]),
        ("length-hex", "a length in hexadecimal", ["192.0.2.0/0x18"]),
        ("length-wraps", "a length that wraps to 24", ["192.0.2.0/4294967320"]),
        ("netmask", "a netmask for a length", ["192.0.2.0/255.255.255.0"]),
        ("space-after", "a space after the block", ["192.0.2.0/24 "]),
        ("space-before", "a space before the block", [" 192.0.2.0/24"]),
        ("host-bits", "an address within the block", ["192.0.2.10/24"]),
        ("host-bits-last", "one bit beyond the length", ["192.0.2.8/28"]),
        ("host-bits-ipv6", "an address within the IPv6 block", ["2001:db8::1/64"]),
        ("three-bytes", "an address of three numbers", ["192.0.2/24"]),
        ("leading-zero", "an address with leading zeros", ["192.000.002.000/24"]),
        ("number-256", "an address with 256 in it", ["192.0.256.0/24"]),
        ("hexadecimal", "an address in hexadecimal", ["0xc0000200/24"]),
        ("name", "a host name", ["gateway.example/32"]), ("negated", "a negated block", ["!192.0.2.0/24"]),
        ("range", "a range", ["192.0.2.0-192.0.2.255"]),
        ("list", "two blocks in one text", ["192.0.2.0/24,198.51.100.0/24"]),
        ("zone", "an IPv6 address with a zone", ["fe80::1%eth0/128"]),
        ("brackets", "an IPv6 address in brackets", ["[2001:db8::]/32"]),
        ("ipv6-two-gaps", "an IPv6 address with two gaps", ["2001::db8::/32"]),
        ("mapped", "a v4-mapped block", ["::ffff:192.0.2.0/120"]),
        ("mapped-hex", "a v4-mapped block in hexadecimal", ["::ffff:c000:200/120"]),
        ("second-bad", "a good block and a bad one", ["192.0.2.0/24", "192.0.2.0/33"]),
        ("long", "129 bytes", ["192.0.2.0/" + "2" * 119]),
    )
    for name, what, value in table:
        yield refused("src-" + name, f"The sources are {what}.", {"src": value})


def text_sizes():
    for claim in ("iss", "sub", "login"):
        yield refused(f"{claim}-empty", "An empty text says nothing.", {claim: ""})
        yield refused(f"{claim}-long", "A text of 129 bytes.", {claim: "x" * 129})
    yield refused("why-empty", "An empty reason is none.", {"why": ""})
    yield refused("why-long", "A reason of 201 bytes.", {"why": "x" * 201})
    yield refused("why-long-in-bytes", "A reason of 101 characters in 202 bytes.", {"why": "ж" * 101})


def text_characters():
    table = (
        ("null", "NUL", "\0"), ("newline", "a line feed", "\n"), ("return", "a carriage return", "\r"),
        ("tab", "a tab", "\t"),
        ("escape", "the beginning of a terminal sequence", "\x1b[2J"), ("unit-separator", "U+001F", "\x1f"),
        ("delete", "DEL", "\x7f"), ("next-line", "U+0085", "\x85"),
        ("csi", "the one-character form of a terminal sequence", "\x9b2J"),
        ("last-control", "U+009F", "\x9f"),
        ("soft-hyphen", "a soft hyphen", "\xad"), ("arabic-number", "an Arabic number sign", "\u0600"),
        ("arabic-mark", "an Arabic letter mark", "\u061c"), ("syriac-mark", "a Syriac abbreviation mark", "\u070f"),
        ("mongolian-separator", "a Mongolian vowel separator", "\u180e"),
        ("zero-width-space", "a zero-width space", "\u200b"),
        ("joiner", "a zero-width joiner", "\u200d"), ("right-to-left-mark", "a right-to-left mark", "\u200f"),
        ("line-separator", "a line separator", "\u2028"), ("paragraph-separator", "a paragraph separator", "\u2029"),
        ("override", "a right-to-left override", "\u202e"), ("word-joiner", "a word joiner", "\u2060"),
        ("isolate", "a first strong isolate", "\u2068"), ("deprecated-format", "U+206F", "\u206f"),
        ("byte-order-mark", "a byte order mark", "\ufeff"), ("annotation", "an interlinear annotation", "\ufff9"),
        ("kaithi-number", "a Kaithi number sign", "\U000110bd"),
        ("shorthand", "a shorthand format control", "\U0001bca0"),
        ("musical", "a musical format control", "\U0001d173"), ("language-tag", "a language tag", "\U000e0001"),
        ("tag-letter", "a tag letter", "\U000e0041"),
    )
    for name, what, characters in table:
        yield refused("text-" + name, f"The reason holds {what}.", {"why": f"INC-4711{characters}x"})
    for claim in ("iss", "sub", "login"):
        yield refused(f"{claim}-control", "A line break in a name.", {claim: "alice\nroot"})
        yield refused(f"{claim}-override", "A right-to-left override in a name.", {claim: "alice\u202etoor"})


def text_encodings():
    table = (
        ("overlong-2", "a slash in two bytes", b"\xc0\xaf"), ("overlong-3", "a slash in three bytes", b"\xe0\x80\xaf"),
        ("overlong-4", "a slash in four bytes", b"\xf0\x80\x80\xaf"),
        ("overlong-null", "NUL in two bytes", b"\xc0\x80"),
        ("overlong-3-letter", "a two-byte letter in three bytes", b"\xe0\x9f\xbf"),
        ("surrogate", "a surrogate", b"\xed\xa0\x80"),
        ("surrogate-pair", "a pair of surrogates", b"\xed\xa0\xbd\xed\xb4\x91"),
        ("above-last", "U+110000", b"\xf4\x90\x80\x80"),
        ("byte-f5", "a byte that UTF-8 never has", b"\xf5\x80\x80\x80"),
        ("byte-ff", "the byte 0xff", b"\xff"), ("latin-1", "a letter in Latin-1", b"St\xf6rung"),
        ("lone-continuation", "a continuation byte alone", b"\x80"),
        ("short-sequence", "a sequence cut by a letter", b"\xe2\x82x"),
    )
    for name, what, data in table:
        yield refused("utf8-" + name, f"The reason holds {what}.", {"why": utf8(b"INC-4711 " + data + b" x")})
    yield refused("utf8-cut", "The reason ends within a character.", {"why": utf8(b"INC-4711 \xe2\x82")})
    yield refused("utf8-subject", "The subject is not UTF-8.", {"sub": utf8(b"alice\xc3(")})
    yield refused("utf8-audience", "The audience is not UTF-8.", {"aud": utf8(b"host:web-17\xff")})


def unknown_keys():
    table = (
        ("zero", "key 0", {0: 0}), ("nine", "key 9", {9: b"x"}), ("eleven", "key 11", {11: 1}),
        ("negative", "key -1", {-1: 1}),
        ("private", "a private key", {-65537: 1}), ("text", "a text key", {"role": "admin"}),
        ("empty", "an empty text key", {"": 1}),
        ("long-name", "the long name of a claim", {"maximum": 10}),
        ("capital", "a claim's name in capitals", {"Login": "root"}),
        ("text-number", "a claim's number as text", {"8": {3: ALICE.hash}}),
        ("bytes", "a claim's name in bytes", {b"login": "root"}),
        ("deep", "an unknown key with a deep value", {"zzz": nested(7)}),
        ("very-deep", "an unknown key with a very deep value", {"zzz": nested(300)}),
    )
    for name, what, extra in table:
        yield refused("key-" + name, f"The claims have {what}.", payload=encode(claims("key-" + name, extra=extra)))


def payloads():
    """The payload as a whole; `pairs` below are the ordinary claims in their order."""
    good = claims("payload")
    items = sorted(good.items(), key=lambda item: encode(item[0]))
    whole = encode(good)
    by_name = {k: v for v, k in CLAIM_KEYS.items()}

    def replaced(claim, *entries):
        position = next(i for i, (k, _) in enumerate(items) if by_name[k] == claim)
        return pairs(items[:position] + list(entries) + items[position + 1:])
    table = (
        ("empty", "nothing", b""), ("empty-map", "an empty map", b"\xa0"),
        ("array", "an array of claims", encode([v for _, v in items])),
        ("text", "a text", encode("claims")), ("json", "JSON", b'{"iss":"signer.example"}'),
        ("null", "null", cbor.NULL),
        ("bytes", "the claims in a byte string", encode(whole)), ("tagged", "tagged claims", tagged(61, Raw(whole))),
        ("trailing", "a map and a byte after it", whole + b"\x00"), ("trailing-map", "two maps", whole + whole),
        ("cut", "a map without its last byte", whole[:-1]), ("cut-half", "half a map", whole[:len(whole) // 2]),
        ("cut-entry", "a map with an entry less than it says", pairs(items + [(0, 0)])[:-2]),
        ("break", "a break", cbor.BREAK), ("key-alone", "a map with a key and no value", b"\xa1\x01"),
        ("indefinite", "a map without a length", open_ended(cbor.MAP, *(x for item in items for x in item))),
        ("wide", "a map in more bytes than needed", pairs(items, width=1)),
        ("endless", "a map of four thousand million entries", head(cbor.MAP, 2**32) + whole[1:]),
        ("largest", "a map of 2^64-1 entries", head(cbor.MAP, 2**64 - 1) + whole[1:]),
        ("unsorted", "a map with its first two keys exchanged", pairs([items[1], items[0], *items[2:]])),
        ("reversed", "a map in reverse", pairs(items[::-1])),
        ("sorted-by-name", "a map with `login` before the shorter text keys",
         pairs(items[:8] + sorted(items[8:], key=lambda item: item[0]))),
        ("twice", "a map with the login twice", pairs(items + [("login", "ops")])),
        ("twice-differently", "a map with two logins", pairs(items + [("login", "root")])),
        ("key-wide", "a map with a key in two bytes", replaced("sub", (wide(2, 1), good[2]))),
        ("key-text-wide", "a map with a text key whose length is in two bytes",
         replaced("login", (wide("login", 1), "ops"))),
        ("key-indefinite", "a map with a text key in pieces",
         replaced("login", (open_ended(cbor.TEXT, "log", "in"), "ops"))),
        ("int-wide", "a map with an integer in eight bytes", replaced("exp", (4, wide(NOW + 600, 8)))),
        ("small-int-wide", "a map with a small integer in two bytes", replaced("max", ("max", wide(10, 1)))),
        ("text-wide", "a map with a text whose length is in three bytes", replaced("login", ("login", wide("ops", 2)))),
        ("text-indefinite", "a map with a text in pieces",
         replaced("login", ("login", open_ended(cbor.TEXT, "o", "ps")))),
        ("bytes-wide", "a map with a token id whose length is in two bytes", replaced("cti", (7, wide(good[7], 1)))),
        ("bytes-indefinite", "a map with a token id in pieces",
         replaced("cti", (7, open_ended(cbor.BYTES, bytes(8), bytes(8))))),
        ("array-wide", "a map with an array in two bytes", replaced("aud", (3, wide(["host:web-17"], 1)))),
        ("array-indefinite", "a map with an array without a length",
         replaced("aud", (3, open_ended(cbor.ARRAY, "host:web-17")))),
        ("holder-wide", "a map with a holder claim in two bytes",
         replaced("cnf", (8, pairs([(3, ALICE.hash)], width=1)))),
        ("holder-indefinite", "a map with a holder claim without a length",
         replaced("cnf", (8, open_ended(cbor.MAP, 3, ALICE.hash)))),
        ("text-endless", "a map with a text longer than the payload",
         replaced("login", ("login", Raw(head(cbor.TEXT, 2**40) + b"ops")))),
        ("reserved", "a map with a reserved initial byte", replaced("max", ("max", Raw(b"\x1c")))),
        ("undefined", "a map with an undefined value", replaced("max", ("max", Raw(b"\xf7")))),
        ("simple-wide", "a map with true in two bytes", replaced("max", ("max", Raw(b"\xf8\x15")))),
    )
    for name, what, payload in table:
        yield refused("payload-" + name, f"The payload is {what}.", payload=bytes(payload))


def precedence():
    yield refused("before-issuer", "Claims are looked at before the issuer.", {"iss": "signer-b.example", "lvl": 4})
    yield refused("before-host", "Every claim is looked at before the host.", {"why": "a\nb"}, host="db-1")
    yield refused("before-time", "Claims are looked at before the time.", {"max": 0}, at=NOW + 86400)
    yield refused("one-of-five", "Five good signatures do not help a bad claim.", {"lvl": 4},
                  signers=(SIGNER, BOB, CAROL, by(DAVE)))


def cases():
    for part in (missing, types, ranges, audiences, sources, text_sizes, text_characters, text_encodings, unknown_keys,
                 payloads, precedence):
        yield from part()
