# SPDX-License-Identifier: BSD-2-Clause
"""Tokens that must be accepted, most of them at an edge."""

from .cbor import encode
from .message import ABSENT, LONGEST_TEXT, by, case, claims, signed, text
from .people import (ALICE_REQUESTER, ALICE_SK, BOB, BOB_SECOND, CAROL, DAVE, DAY, ERIN, FRANK, IVAN, JUDY, KATE,
                     LONGEST_NAME, NOW, SIGNER, SIGNER_B)
from .sshkey import USER_PRESENT, USER_VERIFIED

LAST_TIME = 253402300799  # 9999-12-31T23:59:59Z
NONCE = bytes(range(16))
THREE = (BOB, CAROL, DAVE)
OFFLINE = {"iss": "offline"}
GROUP = {"aud": "group:web"}
WITH_GROUPS = {"group_audience": True}


def accepted(name, why, *details, **circumstances):
    return case("good-" + name, "accepted", why, *details, **circumstances)


def signatures():
    yield accepted("ordinary", "An issuer and an approver signed, everything fits.")
    yield accepted("one-signature", "The policy asks for an issuer alone.", signers=(SIGNER,),
                   policy={"signatures": "issuer:1"})
    yield accepted("five-signatures", "Five signatures are the most a token may have.",
                   signers=(SIGNER, BOB, CAROL, DAVE, ERIN))
    yield accepted("approver-first", "Signatures may stand in any order.", signers=(BOB, SIGNER))
    yield accepted("hardware-approver", "The approver's key is a hardware key.", signers=(SIGNER, CAROL))
    yield accepted("hardware-verified",
                   "User presence with user verification is user presence, and the highest counter counts.",
                   signers=(SIGNER, by(CAROL, flags=USER_PRESENT | USER_VERIFIED, counter=2**32 - 1)))
    yield accepted("hardware-counter-zero", "Some hardware keys keep no counter.",
                   signers=(SIGNER, by(CAROL, counter=0)))
    yield accepted("hardware-named-application", "An application may be longer than `ssh:`.", signers=(SIGNER, ERIN))
    yield accepted("hardware-approvals-only", "The policy counts hardware keys as approvers, and one signed.",
                   signers=(SIGNER, ERIN), policy={"approver_keys": "sk"})
    yield accepted("offline-quorum", "Three approvers open a host without an issuer.", OFFLINE, signers=THREE)
    yield accepted("both-alternatives", "Both alternatives are met and the issuer claim fits the second.", OFFLINE,
                   signers=(SIGNER, *THREE))
    yield accepted("both-alternatives-issuer", "Both alternatives are met and the issuer claim fits the first.",
                   signers=(*THREE, SIGNER))
    yield accepted("third-alternative", "Only the last of three alternatives is met.",
                   {"iss": "signer-b.example"}, signers=(SIGNER, SIGNER_B, BOB),
                   policy={"signatures": "issuer:1+approver:3 | approver:4 | issuer:2+approver:1"})
    yield accepted("two-keys-one-person", "A person's second key does no harm where one approver is enough.",
                   signers=(SIGNER, BOB, BOB_SECOND))
    yield accepted("approver-and-requester", "A key that is out of date as a requester's still approves.",
                   signers=(SIGNER, JUDY))
    yield accepted("expired-role-then", "Before its end the approver role of a key counts.",
                   {"exp": NOW - DAY - 3000, "nbf": NOW - DAY - 3600, "iat": NOW - DAY - 3600},
                   signers=(SIGNER, IVAN), at=NOW - DAY - 3600, booted_at=None)
    yield accepted("key-from-now", "A key is valid from the second of its valid-after on.", signers=(SIGNER, KATE),
                   at=NOW)
    yield accepted("key-last-second", "A key is valid until the second before its valid-before.",
                   {"exp": NOW + DAY + 300, "nbf": NOW + DAY - 300, "iat": NOW + DAY - 300},
                   signers=(SIGNER, KATE), at=NOW + DAY - 1)
    yield accepted("key-valid-at-mark", "Keys are judged at the clock mark where it is ahead of the clock.",
                   signers=(SIGNER, KATE), at=NOW - 10, mark=NOW + 20)


def times():
    yield accepted("earliest-moment", "The skew opens the window early: now + skew = nbf = iat.", at=NOW - 30)
    yield accepted("latest-moment", "The skew closes the window late: now - skew = exp.", at=NOW + 630)
    yield accepted("no-skew-earliest", "Without skew the window opens at nbf.", at=NOW, policy={"clock_skew": 0})
    yield accepted("no-skew-latest", "Without skew the window closes after exp.", at=NOW + 600,
                   policy={"clock_skew": 0})
    yield accepted("longest-window", "exp - nbf is exactly the longest window.", {"exp": NOW + 7200})
    yield accepted("own-longest-window", "exp - nbf is exactly the policy's own longest window.",
                   policy={"longest_window": 600})
    yield accepted("shortest-window", "exp is one second after nbf.", {"exp": NOW + 1}, at=NOW)
    yield accepted("issued-late", "A token may be issued at the very moment it expires.",
                   {"iat": NOW + 600}, at=NOW + 600)
    yield accepted("issued-early", "A token may be issued long before it begins, if after boot.",
                   {"iat": NOW - 40000})
    yield accepted("first-times", "Times begin at 0, and now - skew may lie before it.",
                   {"exp": 600, "nbf": 0, "iat": 0}, at=10, booted_at=None)
    yield accepted("last-times", "Times end with the year 9999.",
                   {"exp": LAST_TIME, "nbf": LAST_TIME - 600, "iat": LAST_TIME - 600}, at=LAST_TIME, booted_at=None)
    yield accepted("mark-within-skew", "The clock may be behind the mark by the skew: now + skew = mark.",
                   mark=NOW + 90)
    yield accepted("just-after-boot", "The token was issued at boot + skew.", booted_at=NOW - 30)
    yield accepted("nonce-wrong-clock", "A nonce answers the challenge: the clock plays no part.",
                   {"nonce": NONCE}, challenge=NONCE, at=NOW - 20 * DAY)
    yield accepted("nonce-behind-mark", "A nonce answers the challenge: a clock behind the mark plays no part.",
                   {"nonce": NONCE}, challenge=NONCE, at=NOW - 20 * DAY, mark=NOW)
    yield accepted("nonce-before-boot", "A challenge is of this boot, so the time of issue plays no part.",
                   {"nonce": NONCE}, challenge=NONCE, booted_at=NOW + 60)
    yield accepted("challenge-not-needed", "A challenge was shown, but the token's times are good without it.",
                   challenge=NONCE)


def scopes():
    yield accepted("audience-array", "One of the texts of the audience names this host.",
                   {"aud": ["host:db-1", "host:web-17"]})
    yield accepted("audience-array-of-one", "An audience may be an array of one text.", {"aud": ["host:web-17"]})
    yield accepted("audience-array-of-eight", "An audience may have eight texts.",
                   {"aud": [f"host:web-{n}" for n in range(10, 18)]})
    yield accepted("audience-host-and-group", "The host is named, so the group beside it needs no policy.",
                   {"aud": ["group:web", "host:web-17"]})
    yield accepted("group", "The policy admits groups, and the host is in this one.", GROUP, policy=WITH_GROUPS,
                   groups=("db", "web"))
    yield accepted("group-array", "One of several groups is the host's.", {"aud": ["group:db", "group:web"]},
                   policy=WITH_GROUPS)
    for name, why, blocks, address in (
            ("source-ipv4", "The address lies in the block.", ["192.0.2.0/24"], "192.0.2.255"),
            ("source-ipv4-odd-length", "A block need not end at a byte.", ["192.0.2.0/28"], "192.0.2.15"),
            ("source-ipv4-one", "A block of one address.", ["192.0.2.10/32"], "192.0.2.10"),
            ("source-ipv4-mapped", "A v4-mapped address is the IPv4 address within.", ["192.0.2.0/24"],
             "::ffff:192.0.2.10"),
            ("source-ipv6", "The address lies in the IPv6 block.", ["2001:db8:7::/48"], "2001:db8:7:ffff::1"),
            ("source-ipv6-odd-length", "An IPv6 block need not end at a byte.", ["2001:db8:8000::/33"],
             "2001:db8:ffff::1"),
            ("source-ipv6-one", "A block of one IPv6 address, in capitals.", ["2001:DB8::A/128"], "2001:db8::a"),
            ("source-last-of-eight", "The last of eight blocks fits, both families among them.",
             [*[f"10.{n}.0.0/16" for n in range(6)], "2001:db8::/32", "192.0.2.8/29"], "192.0.2.10")):
        yield accepted(name, why, {"src": blocks}, address=address)
    yield accepted("console", "Without a holder claim the token is for a console.", {"cnf": ABSENT}, holder=None,
                   address=None)
    yield accepted("holder-optional", "The policy does not insist on a holder claim over SSH.", {"cnf": ABSENT},
                   policy={"holder_key": "optional"})
    yield accepted("holder-hardware", "The holder's key is a hardware key.", {"cnf": {3: ALICE_SK.hash}},
                   holder=ALICE_SK)
    yield accepted("holder-own-requester-key", "The holder's key is trusted for the subject herself.",
                   {"cnf": {3: ALICE_REQUESTER.hash}}, holder=ALICE_REQUESTER)
    yield accepted("holder-own-approver-key", "An approver may hold a token that others approved.",
                   {"sub": "bob@example.com", "cnf": {3: BOB.hash}}, signers=(SIGNER, CAROL), holder=BOB)


def sizes():
    yield accepted("smallest", "Every text has one byte and every number is the smallest.",
                   {"iss": "s", "sub": "a", "aud": "host:h", "login": "r", "why": "x", "max": 1, "lvl": 1},
                   host="h", login="r", trusted="good-sizes")
    yield accepted("longest-issuer", "An issuer claim of 128 bytes.", {"iss": LONGEST_NAME}, signers=(SIGNER_B, BOB),
                   trusted="good-sizes")
    yield accepted("longest-subject", "A subject of 128 bytes, of two bytes each.", {"sub": "ж" * 64})
    yield accepted("longest-audience", "An audience of 128 bytes with its `host:`.", {"aud": "host:" + "h" * 123},
                   host="h" * 123)
    yield accepted("longest-login", "A login of 128 bytes.", {"login": "l" * 128}, login="l" * 128)
    yield accepted("longest-reason", "A reason of 200 bytes, of four bytes each.", {"why": "🔑" * 50})
    yield accepted("longest-session", "The longest session a token can name.", {"max": 2**31 - 1})
    yield accepted("scripts", "Texts may be in any script, with spaces of other widths.",
                   {"why": "Störung: 障害 сбой\u00a0خلل\u3000e\u0301"})
    for level in (1, 2, 3):
        yield accepted(f"level-{level}", f"Level {level} exists.", {"lvl": level})
    yield accepted("all-claims", "Every claim there is.",
                   {"nonce": NONCE, "lvl": 2, "src": ["192.0.2.0/24"]}, challenge=NONCE)
    yield accepted("longest-text", "A text of exactly 1000 characters.", token=sized("longest-text", 747))


def sized(name, size):
    """A token whose message has exactly so many bytes; 747 bytes are 1000 characters of text."""
    signers = [by(key) for key in (SIGNER, BOB, DAVE, FRANK)]
    fixed = {"src": ["192.0.2.0/24"], "why": "w" * 200, "aud": ["host:web-17"]}
    for length in range(1, 124):
        payload = encode(claims(name, **{**fixed, "aud": ["host:web-17", "host:" + "h" * length]}))
        raw = signed(payload, signers).encode()
        if len(raw) == size:
            assert (len(text(raw)) <= LONGEST_TEXT) == (size <= 747)
            return text(raw)
    raise ValueError(size)


def cases():
    for part in (signatures, times, scopes, sizes):
        yield from part()
