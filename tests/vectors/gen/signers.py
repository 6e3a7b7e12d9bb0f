# SPDX-License-Identifier: BSD-2-Clause
"""Files of trusted signers, good ones and wrong ones, each wrong one with the first line that is."""

import base64
from dataclasses import dataclass

from . import ed25519
from .people import (ALICE, BOB, CAROL, DAVE, ERIN, GOOD, KATE, LONGEST_NAME, SIGNER, SIGNER_B, SIZES, line, lines)
from .sshkey import PLAIN_TYPE, SK_TYPE, Key, encoded, plain_blob, sk_blob, sha256, string

LONGEST_LINE, LARGEST_FILE, MOST_KEYS = 1024, 262144, 256
FIRST = line("signer.example", "issuer", SIGNER)  # a good line before the wrong one
HEAD = 'bob@example.com namespaces="breakglass-approver"'


@dataclass
class SignersFile:
    """A file, and its first wrong line: None where all is well, 0 where the file as a whole is wrong."""
    file: str
    data: bytes
    why: str
    line: int = None

    def record(self):
        return {"file": self.file, "ok": self.line is None, "line": self.line, "why": self.why}


def good(name, why, data):
    return SignersFile("good" + name, data if isinstance(data, bytes) else data.encode(), why)


def bad(name, why, text, at=2):
    """A wrong line after a good one, or, with bytes, a whole file."""
    data = text if isinstance(text, bytes) else lines(FIRST, text).encode()
    return SignersFile("bad-" + name, data, why, at)


def key(kind, blob):
    return f"{kind} {encoded(blob)}"


def many(count):
    return lines(*(line(f"u{n:03}", "approver", key(PLAIN_TYPE, plain_blob(ed25519.public_key(sha256(b"u%d" % n)))))
                   for n in range(count))).encode()


def filled(size):
    """A good line, then comments up to exactly this many bytes."""
    data = lines(FIRST).encode()
    while len(data) < size:
        length = min(LONGEST_LINE + 1, size - len(data))
        length -= size - len(data) - length == 1  # a last line of one byte would be empty
        data += b"#" * (length - 1) + b"\n"
    return data


def goods():
    yield good("", "The people of the token vectors.", GOOD)
    yield good("-sizes", "Principals of 1 and of 128 bytes.", SIZES)
    yield good("-one-line", "One key is enough.", lines(FIRST))
    yield good("-no-final-newline", "The last newline may be missing.", FIRST)
    yield good("-comments", "Comments and empty lines, first and last.",
               lines("", "# one", "#", "", FIRST, "", "# two: namespaces=\"git\" *"))
    yield good("-separators", "Tabs and runs of spaces between the fields.",
               lines(FIRST.replace(" ", "\t"), line("bob@example.com", "approver", BOB).replace(" ", " \t  ")))
    yield good("-comment-after-key", "A comment of several words after the key.",
               lines(line("bob@example.com", "approver", BOB, comment='bob\'s laptop, "old" (2019) # key=1 *')))
    yield good("-option-order", "Options in any order.",
               lines('kate@example.com valid-before="20260102Z",namespaces="breakglass-approver",valid-after="20260101Z" '
                     + KATE.text,
                     f'bob@example.com valid-after="20250101Z",namespaces="breakglass-approver" {BOB.text}'))
    yield good("-times", "The three lengths of a time, a leap day, and the last second of a day.",
               lines(line("a", "approver", BOB, 'valid-after="20240229Z"'),
                     line("b", "approver", CAROL, 'valid-after="202512312359Z"'),
                     line("c", "approver", DAVE, 'valid-before="20251231235959Z"'),
                     line("d", "approver", ERIN, 'valid-after="20251231235958Z"', 'valid-before="20251231235959Z"')))
    yield good("-two-roles", "A key may be an approver's and a requester's, if one person's.",
               lines(FIRST, line("bob@example.com", "requester", BOB), line("bob@example.com", "approver", BOB)))
    yield good("-two-keys", "A person may have several keys, an issuer too.",
               lines(FIRST, line("signer.example", "issuer", SIGNER_B), line("bob@example.com", "approver", BOB),
                     line("bob@example.com", "approver", CAROL), line("bob@example.com", "requester", DAVE)))
    yield good("-requesters-only", "Nobody who signs is still a file.",
               lines(line("alice@example.com", "requester", ALICE)))
    yield good("-hardware-issuer", "An issuer's key may be a hardware key.",
               lines(line("signer.example", "issuer", CAROL)))
    yield good("-principals", "Every character that a principal may have, as its first one too.",
               lines(line("a.b_c-d+e@f-0123456789", "approver", BOB), line("-x", "approver", CAROL),
                     line("@", "approver", DAVE),
                     line("offline2", "approver", ERIN), line("0", "approver", KATE)))
    yield good("-applications", "The shortest and the longest application.",
               lines(line("a", "approver", Key("application, shortest", "ssh:")),
                     line("b", "approver", Key("application, longest", "ssh:" + "x" * 124))))
    yield good("-longest-line", "A line of 1024 bytes before its newline, and a comment as long.",
               lines(FIRST + " " + "x" * (LONGEST_LINE - len(FIRST) - 1), "#" * LONGEST_LINE))
    yield good("-most-keys", "256 keys.", many(MOST_KEYS))
    yield good("-largest", "A file of 262144 bytes.", filled(LARGEST_FILE))


def whole_files():
    one = (FIRST + "\n").encode()
    yield bad("empty", "No key at all.", b"", 0)
    yield bad("comments-only", "Comments, but no key.", b"# nobody\n\n", 0)
    yield bad("too-large", "A file of 262145 bytes.", filled(LARGEST_FILE + 1), 0)
    yield bad("too-many-keys", "257 keys.", many(MOST_KEYS + 1), 257)
    yield bad("crlf", "Lines end in carriage return and newline.", one.replace(b"\n", b"\r\n"), 1)
    yield bad("return-only", "Lines end in carriage return alone.", one[:-1] + b"\r" + one, 1)
    yield bad("byte-order-mark", "A byte order mark begins the file.", b"\xef\xbb\xbf" + one, 1)
    yield bad("null", "A NUL before the newline.", one[:-1] + b"\x00\n", 1)
    yield bad("null-line", "A line that is a NUL, after which another key follows.", one + b"\x00\n" + one, 2)
    yield bad("null-in-comment", "A NUL in a comment line.", one + b"# a\x00b\n", 2)
    yield bad("not-ascii-comment-line", "A letter outside ASCII in a comment line.", "# Schlüssel\n".encode() + one, 1)
    yield bad("not-ascii-comment", "A letter outside ASCII in a key's comment.", f"{FIRST} Jürgen\n".encode(), 1)
    yield bad("escape-comment", "A terminal sequence in a key's comment.", f"{FIRST} \x1b[2J\n".encode(), 1)
    yield bad("utf-16", "A file in UTF-16.", b"\xff\xfe" + lines(FIRST).encode("utf-16-le"), 1)
    yield bad("form-feed", "A form feed between two fields.", one.replace(b" ", b"\x0c", 1), 1)


def principals():
    table = (
        ("capital", "Bob@example.com", "a capital letter"), ("all", "*", "an asterisk"),
        ("pattern", "*@example.com", "a pattern"),
        ("question", "bo?@example.com", "a question mark"), ("negated", "!bob@example.com", "a negation"),
        ("list", "bob@example.com,carol@example.com", "a list"),
        ("trailing-comma", "bob@example.com,", "a comma at its end"),
        ("quoted", '"bob@example.com"', "quotation marks"), ("offline", "offline", "the reserved name"),
        ("long", LONGEST_NAME + "x", "129 bytes"),
        ("slash", "bob/admin", "a slash"), ("colon", "user:bob", "a colon"), ("backslash", "bob\\", "a backslash"),
        ("percent", "bob%example.com", "a percent sign"), ("not-ascii", "böb@example.com", "a letter outside ASCII"),
        ("cyrillic", "b\u043eb@example.com", "a letter that looks like an o"),
    )
    for name, principal, what in table:
        yield bad("principal-" + name,
                  f"The principal has {what}." if name != "offline" else f"The principal is {what}.",
                  line(principal, "approver", BOB))
    yield bad("principal-missing", "The line begins with its options.", line("", "approver", BOB)[1:])
    yield bad("principal-two", "Two principals.", line("bob carol", "approver", BOB))


def options():
    spaces = 'namespaces="breakglass-'
    table = (
        ("none", "no options", ""), ("namespaces-missing", "no namespaces", 'valid-after="20250101Z"'),
        ("namespaces-empty", "empty namespaces", 'namespaces=""'),
        ("namespaces-bare", "namespaces without a value", "namespaces"),
        ("namespaces-unquoted", "a value without quotation marks", "namespaces=breakglass-approver"),
        ("namespaces-single-quotes", "single quotation marks", "namespaces='breakglass-approver'"),
        ("namespaces-unclosed", "a quotation mark that is not closed", spaces + "approver"),
        ("namespaces-unopened", "a quotation mark that is not opened", 'namespaces=breakglass-approver"'),
        ("namespaces-after-quote", "something after the quotation mark", spaces + 'approver"x'),
        ("namespaces-two", "two namespaces", spaces + 'approver,breakglass-requester"'),
        ("namespaces-same-two", "the same namespace twice", spaces + 'approver,breakglass-approver"'),
        ("namespaces-twice", "namespaces twice", f'{spaces}approver",{spaces}requester"'),
        ("namespaces-other", "another namespace", 'namespaces="git"'),
        ("namespaces-also-other", "another namespace too", spaces + 'approver,git"'),
        ("namespaces-pattern", "a pattern", spaces + '*"'), ("namespaces-all", "an asterisk", 'namespaces="*"'),
        ("namespaces-negated", "a negation", spaces + 'approver,!git"'),
        ("namespaces-capital", "a namespace in capitals", 'namespaces="Breakglass-Approver"'),
        ("namespaces-name-capital", "an option in capitals", 'Namespaces="breakglass-approver"'),
        ("namespaces-longer", "a namespace with more after it", spaces + 'approvers"'),
        ("namespaces-short", "a namespace without its prefix", 'namespaces="approver"'),
        ("namespaces-space", "a space in the value", spaces + 'approver "'),
        ("namespaces-escape", "an escaped quotation mark", spaces + 'approver\\""'),
        ("namespaces-equals-space", "a space after the equals sign", 'namespaces= "breakglass-approver"'),
        ("namespaces-singular", "an option that is not known", 'namespace="breakglass-approver"'),
        ("cert-authority", "cert-authority", f'cert-authority,{spaces}approver"'),
        ("cert-authority-last", "cert-authority after the namespaces", spaces + 'approver",cert-authority'),
        ("other-option", "an option of authorized_keys", spaces + 'approver",no-touch-required'),
        ("verify-required", "verify-required", spaces + 'approver",verify-required'),
        ("from", "a source restriction", spaces + 'approver",from="192.0.2.0/24"'),
        ("comma-first", "a comma before the first option", f',{spaces}approver"'),
        ("comma-last", "a comma after the last option", spaces + 'approver",'),
        ("comma-two", "two commas", f'{spaces}approver",,valid-after="20250101Z"'),
        ("comma-space", "a space after the comma", f'{spaces}approver", valid-after="20250101Z"'),
        ("comma-missing", "no comma between the options", f'{spaces}approver"valid-after="20250101Z"'),
    )
    for name, what, text in table:
        yield bad("option-" + name, f"The line has {what}.",
                  " ".join(filter(None, ("bob@example.com", text, BOB.text))))


def times():
    table = (
        ("local", "a time without Z", 'valid-after="20250101"'),
        ("local-before", "a time with seconds and without Z", 'valid-before="20270101120000"'),
        ("small-z", "a small z", 'valid-after="20250101z"'), ("offset", "an offset", 'valid-after="20250101+00"'),
        ("utc", "UTC for Z", 'valid-after="20250101UTC"'),
        ("dashes", "dashes in the date", 'valid-after="2025-01-01Z"'),
        ("rfc3339", "a time of RFC 3339", 'valid-after="2025-01-01T00:00:00Z"'),
        ("seconds", "a number of seconds", 'valid-after="1735689600"'), ("empty", "an empty time", 'valid-after=""'),
        ("z-only", "a Z alone", 'valid-before="Z"'),
        ("bare", "no value", "valid-after"), ("unquoted", "no quotation marks", "valid-after=20250101Z"),
        ("short", "seven digits", 'valid-after="2025011Z"'),
        ("hour-only", "an hour without minutes", 'valid-after="2025010112Z"'),
        ("odd", "eleven digits", 'valid-after="20250101123Z"'),
        ("long", "sixteen digits", 'valid-after="2025010112000000Z"'),
        ("month-13", "month 13", 'valid-after="20251301Z"'), ("month-0", "month 0", 'valid-after="20250001Z"'),
        ("day-0", "day 0", 'valid-after="20250100Z"'), ("day-31", "31 April", 'valid-after="20250431Z"'),
        ("no-leap-year", "29 February of 2025", 'valid-after="20250229Z"'),
        ("century", "29 February of 2100", 'valid-before="21000229Z"'),
        ("hour-24", "hour 24", 'valid-after="202501012400Z"'),
        ("minute-60", "minute 60", 'valid-after="202501011260Z"'),
        ("second-60", "second 60", 'valid-after="20250101120060Z"'),
        ("sign", "a sign", 'valid-after="+2025101Z"'),
        ("space", "a space before the time", 'valid-after=" 20250101Z"'),
        ("before-1970", "a time before 1970", 'valid-before="19691231Z"'),
        ("epoch", "the time 0, which OpenSSH refuses", 'valid-after="19700101Z"'),
        ("equal", "an end that is its begin", 'valid-after="20250101Z",valid-before="202501010000Z"'),
        ("reversed", "an end before its begin", 'valid-after="20260101Z",valid-before="20250101Z"'),
        ("after-twice", "valid-after twice", 'valid-after="20250101Z",valid-after="20250101Z"'),
        ("before-twice", "valid-before twice", 'valid-before="20270101Z",valid-before="20280101Z"'),
        ("expiry", "the option of authorized_keys", 'expiry-time="20270101Z"'),
        ("capital", "an option in capitals", 'Valid-After="20250101Z"'),
    )
    for name, what, text in table:
        yield bad("time-" + name, f"The line has {what}.", line("bob@example.com", "approver", BOB, text))


def fields():
    sk = CAROL.text.split(" ")[1]
    assert sk.endswith("=") and not sk.endswith("==")
    last = sk[-2]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bits = sk[:-2] + alphabet[alphabet.index(last) + 1] + "="
    special = next(t for t in (Key(f"special {n}").text for n in range(50)) if "+" in t and "/" in t)
    base64url = special.replace("+", "-").replace("/", "_").replace("ssh_", "ssh-")
    plain = BOB.text.split(" ")[1]
    table = (
        ("missing", "There is no key.", ""), ("type-only", "There is a key type and no key.", PLAIN_TYPE),
        ("type-missing", "There is a key and no type.", plain),
        ("hash", "A fingerprint stands for the key.",
         PLAIN_TYPE + " SHA256:" + base64.b64encode(BOB.hash).decode()[:43]),
        ("twice", "The key's type twice.", f"{PLAIN_TYPE} {BOB.text}"),
        ("unpadded", "The base64 has no padding.", f"{SK_TYPE} {sk[:-1]}"),
        ("padded", "The base64 has padding too much.", BOB.text + "=="),
        ("padding-twice", "The base64 has one padding character too many.", CAROL.text + "="),
        ("trailing-bits", "The unused bits of the base64 are not zero.", f"{SK_TYPE} {bits}"),
        ("base64url", "The base64 is base64url.", base64url),
        ("base64-cut", "The base64 lacks a character.", BOB.text[:-1]),
        ("base64-foreign", "The base64 holds a full stop.", BOB.text[:40] + "." + BOB.text[41:]),
        ("base64-space", "The base64 is in two pieces.", BOB.text[:40] + " " + BOB.text[40:]),
        ("base64-after-padding", "The base64 goes on after its padding.", CAROL.text + "AAAA"),
    )
    for name, why, text in table:
        yield bad("key-" + name, why, f"{HEAD} {text}".rstrip())


def blobs():
    pk, sk = BOB.public, CAROL.public
    rsa = string("ssh-rsa") + string(b"\x01\x00\x01") + string(b"\x00\xc1" + bytes(range(255)))
    ecdsa = string("ecdsa-sha2-nistp256") + string("nistp256") + string(b"\x04" + bytes(64))
    sk_ecdsa = b"".join(map(string, ("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", b"\x04" + bytes(64), "ssh:")))
    cert_type = "ssh-ed25519-cert-v01@openssh.com"
    cert = string(cert_type) + string(bytes(32)) + string(pk) + bytes(40)
    table = (
        ("rsa", "An RSA key.", "ssh-rsa", rsa), ("ecdsa", "An ECDSA key.", "ecdsa-sha2-nistp256", ecdsa),
        ("sk-ecdsa", "An ECDSA hardware key.", "sk-ecdsa-sha2-nistp256@openssh.com", sk_ecdsa),
        ("certificate", "A certificate.", cert_type, cert),
        ("type-capital", "A key type in capitals.", "SSH-ED25519", BOB.blob),
        ("type-short", "The short name of a key type.", "ed25519", BOB.blob),
        ("type-says-plain", "A hardware key under the name of a plain one.", PLAIN_TYPE, CAROL.blob),
        ("type-says-hardware", "A plain key under the name of a hardware one.", SK_TYPE, BOB.blob),
        ("inner-other", "A blob that names a type that is not known.", PLAIN_TYPE, string("ssh-ed25518") + string(pk)),
        ("inner-longer", "A blob that names a longer type.", PLAIN_TYPE, string("ssh-ed25519\0") + string(pk)),
        ("blob-empty", "An empty type and key.", PLAIN_TYPE, string("") + string("")),
        ("blob-bare", "A blob of the key's 32 bytes.", PLAIN_TYPE, pk),
        ("blob-cut", "A blob without its last byte.", PLAIN_TYPE, BOB.blob[:-1]),
        ("blob-trailing", "A byte after the key.", PLAIN_TYPE, BOB.blob + b"\0"),
        ("blob-no-key", "A blob with a type and no key.", PLAIN_TYPE, string(PLAIN_TYPE)),
        ("blob-31", "A key of 31 bytes.", PLAIN_TYPE, plain_blob(pk[:31])),
        ("blob-33", "A key of 33 bytes.", PLAIN_TYPE, plain_blob(pk + b"\0")),
        ("blob-length", "A length that passes the blob's end.", PLAIN_TYPE,
         string(PLAIN_TYPE) + b"\xff\xff\xff\xff" + pk),
        ("sk-cut", "A hardware key without its application.", SK_TYPE, string(SK_TYPE) + string(sk)),
        ("sk-trailing", "A byte after the application.", SK_TYPE, CAROL.blob + b"\0"),
        ("sk-application-empty", "An empty application.", SK_TYPE, sk_blob(sk, "")),
        ("sk-application-web", "An application of the web.", SK_TYPE, sk_blob(sk, "https://example.com")),
        ("sk-application-short", "An application without its colon.", SK_TYPE, sk_blob(sk, "ssh")),
        ("sk-application-capital", "An application in capitals.", SK_TYPE, sk_blob(sk, "SSH:")),
        ("sk-application-long", "An application of 129 bytes.", SK_TYPE, sk_blob(sk, "ssh:" + "x" * 125)),
    )
    for name, why, kind, blob in table:
        yield bad("key-" + name, why, f"{HEAD} {key(kind, blob)}")


def weak_points():
    """Public keys that are no good points: of small order, of mixed order, or not the one encoding of a point."""
    torsion = ed25519.torsion_point()
    for n in range(8):
        point = ed25519.compress(ed25519.multiply(n, torsion))
        yield f"small-order-{n}", "A key of small order.", point
    mixed = ed25519.add(ed25519.decompress(BOB.public), torsion)
    yield "mixed-order", "A key of mixed order.", ed25519.compress(mixed)
    yield "mixed-order-2", "A key with the point of order 2 added.", ed25519.compress(
        ed25519.add(ed25519.decompress(BOB.public), ed25519.multiply(4, torsion)))
    yield "negative-zero", "The neutral point with a sign.", (1 | 1 << 255).to_bytes(32, "little")
    yield "noncanonical-zero", "A point of order 4 with y = p.", ed25519.P.to_bytes(32, "little")
    y = next(y for y in range(2, 19) if ed25519.from_y(y))
    yield "noncanonical", f"A point with y = p + {y}.", (ed25519.P + y).to_bytes(32, "little")
    off = next(y for y in range(2, 99) if ed25519.from_y(y) is None)
    yield "off-curve", "No point of the curve has this y.", off.to_bytes(32, "little")
    yield "ones", "A key of ones.", b"\xff" * 32


def weak_keys():
    for name, why, point in weak_points():
        yield bad("weak-" + name, why, f"{HEAD} {key(PLAIN_TYPE, plain_blob(point))}")
    yield bad("weak-hardware", "A hardware key of small order.", f"{HEAD} {key(SK_TYPE, sk_blob(bytes(32), 'ssh:'))}")
    yield bad("weak-hardware-mixed", "A hardware key of mixed order.",
              f"{HEAD} {key(SK_TYPE, sk_blob(dict((n, p) for n, _, p in weak_points())['mixed-order'], 'ssh:'))}")


def relations():
    """Lines that are good each for itself."""
    bob = line("bob@example.com", "approver", BOB)
    table = (
        ("twice", "The same line twice.", (bob, bob)),
        ("twice-other-times", "The same key and namespace with other times.",
         (bob, line("bob@example.com", "approver", BOB, 'valid-after="20250101Z"'))),
        ("two-principals", "A key of two people.", (bob, line("robert@example.com", "approver", BOB))),
        ("two-principals-two-roles", "A key of two people in two roles.",
         (bob, line("robert@example.com", "requester", BOB))),
        ("two-principals-hardware", "A hardware key of two people.",
         (line("carol@example.com", "approver", CAROL), line("karla@example.com", "approver", CAROL))),
        ("issuer-approver", "An issuer's key is an approver's too.",
         (line("x", "issuer", BOB), line("x", "approver", BOB))),
        ("issuer-requester", "An issuer's key is a requester's too.",
         (line("x", "issuer", BOB), line("x", "requester", BOB))),
        ("approver-issuer", "An approver's key is an issuer's too.",
         (line("x", "approver", BOB), line("x", "issuer", BOB))),
        ("issuer-person-approver", "An issuer approves with another key.",
         (line("x", "issuer", BOB), line("x", "approver", DAVE))),
        ("issuer-person-requester", "An issuer requests with another key.",
         (line("x", "issuer", BOB), line("x", "requester", DAVE))),
        ("approver-person-issuer", "An approver issues with another key.",
         (line("x", "approver", BOB), line("x", "issuer", DAVE))),
        ("third-role", "A person's third line makes an issuer of an approver and requester.",
         (line("x", "approver", BOB), line("x", "requester", BOB), line("x", "issuer", DAVE))),
    )
    for name, why, entries in table:
        yield bad("relation-" + name, why, lines(FIRST, *entries).encode(), 1 + len(entries))
    yield bad("relation-far-apart", "The second line for a key stands far below the first.",
              many(200) + lines("# u007 again",
                                line("bob@example.com", "approver",
                                     key(PLAIN_TYPE, plain_blob(ed25519.public_key(sha256(b"u7")))))).encode(), 202)


def line_lengths():
    yield bad("line-long", "A line of 1025 bytes before its newline.",
              FIRST.replace("signer.example", "x").replace(SIGNER.text, BOB.text) + " " + "x" * 1024)
    text = line("bob@example.com", "approver", BOB)
    yield bad("line-1025", "One byte over the longest line.", text + " " + "x" * (LONGEST_LINE - len(text)))
    yield bad("line-comment-long", "A comment line of 1025 bytes.", "#" * (LONGEST_LINE + 1))
    yield bad("line-no-newline", "A last line of 100000 bytes without its newline.",
              lines(FIRST).encode() + b"#" * 100000)
    yield bad("first-of-two", "Of two wrong lines the first is named.",
              lines("# comment", FIRST, "", "* " + BOB.text, "bob").encode(), 4)


def cases():
    for part in (goods, whole_files, principals, options, times, fields, blobs, weak_keys, relations, line_lengths):
        yield from part()
