# SPDX-License-Identifier: BSD-2-Clause
"""Tokens refused for who signed them and how: from `untrusted-key` to `self-approved`, `bad-claims` excepted."""

import struct

from . import ed25519
from .accepted import OFFLINE, THREE
from .cbor import encode
from .message import ABSENT, AAD, Message, by, case, claims, header, sig_structure, signed, text
from .people import (ALICE, ALICE_REQUESTER, BOB, BOB_SECOND, CAROL, DAVE, DAY, ERIN, GINA, HENRY, IVAN, KATE,
                     MALLORY, MALLORY_SK, NOW, SIGNER, SIGNER_B)
from .sshkey import ALG_PLAIN, ALG_SK, USER_PRESENT, USER_VERIFIED, sha256, string

OTHER_PAYLOAD = encode(claims("another token", login="root"))


def flip(position, bit=1):
    """A spoiler that turns one bit of a signature around."""
    return lambda s: s[:position] + bytes([s[position] ^ bit]) + s[position + 1:]


def plus_order(signature):
    """The same signature with S + L for S."""
    s = int.from_bytes(signature[32:64], "little") + ed25519.L
    return signature[:32] + s.to_bytes(32, "little") + signature[64:]


def negated(signature):
    """The signature with L - S for S."""
    s = ed25519.L - int.from_bytes(signature[32:64], "little")
    return signature[:32] + s.to_bytes(32, "little")


def neutral_r(key):
    """A signature with the neutral point as R: its equation holds, yet a strict verifier refuses it."""
    def make(payload):
        scalar = ed25519.expand(key.seed)[0]
        message = sig_structure(payload, header(key))
        return [header(key), {}, ed25519.sign_with_nonce(scalar, key.public, message, 0)]
    return make


def borrowed(key, payload=OTHER_PAYLOAD):
    """A good signature, made for another payload."""
    return lambda _: by(key)(payload)


def sk_without_inner_hash(payload):
    """A hardware key's signature over the structure itself instead of its hash."""
    tail = struct.pack(">BI", USER_PRESENT, 7)
    message = sha256(CAROL.application.encode()) + tail + sig_structure(payload, header(CAROL))
    return [header(CAROL), {}, ed25519.sign(CAROL.seed, message) + tail]


def sk_other_application(payload):
    """The hardware key signs for an application that is not the trusted key's."""
    tail = struct.pack(">BI", USER_PRESENT, 7)
    message = sha256(b"https://example.com") + tail + sha256(sig_structure(payload, header(CAROL)))
    return [header(CAROL), {}, ed25519.sign(CAROL.seed, message) + tail]


def sshsig(payload, _):
    """What `ssh-keygen -Y sign` would have signed."""
    return (b"SSHSIG" + string("breakglass-approver") + string(b"") + string("sha256") + string(sha256(payload)))


def untrusted():
    late = {"exp": NOW + DAY + 300, "nbf": NOW + DAY - 300, "iat": NOW + DAY - 300}
    table = (
        ("unknown-approver", "The approver's key is not in the file.", (SIGNER, MALLORY)),
        ("unknown-issuer", "The issuer's key is not in the file.", (MALLORY, BOB)),
        ("unknown-hardware", "The hardware key is not in the file.", (SIGNER, MALLORY_SK)),
        ("unknown-extra", "One signature by an unknown key spoils a token that has enough without it.",
         (SIGNER, BOB, MALLORY)),
        ("requester", "The key is a requester's only.", (SIGNER, ALICE_REQUESTER)),
        ("expired", "The key was valid until yesterday.", (SIGNER, GINA)),
        ("not-yet", "The key is valid from next month on.", (SIGNER, HENRY)),
        ("approver-role-expired", "The key is still a requester's, but no longer an approver's.", (SIGNER, IVAN)),
        ("plain-as-hardware", "A plain key under the hardware keys' algorithm.",
         (SIGNER, by(BOB, header(BOB, alg=ALG_SK), spoil=lambda s: s + b"\x01\x00\x00\x00\x07"))),
        ("hardware-as-plain", "A hardware key under the plain algorithm.",
         (SIGNER, by(CAROL, header(CAROL, alg=ALG_PLAIN), spoil=lambda s: s[:64]))),
        ("kid-of-holder", "The key id is that of the holder's key.",
         (SIGNER, by(MALLORY, header(MALLORY, kid=ALICE.kid)))),
        ("kid-zero", "A key id of zeros.", (SIGNER, by(BOB, header(BOB, kid=bytes(8))))),
        ("kid-last-byte", "A key id of which the last byte is wrong.",
         (SIGNER, by(BOB, header(BOB, kid=BOB.kid[:7] + bytes([BOB.kid[7] ^ 1]))))),
        ("kid-end-of-hash", "A key id from the end of the hash.", (SIGNER, by(BOB, header(BOB, kid=BOB.hash[-8:])))),
    )
    for name, why, signers in table:
        yield case("untrusted-" + name, "untrusted-key", why, signers=signers)
    yield case("untrusted-at-end", "untrusted-key", "At the second of its valid-before a key is no longer valid.", late,
               signers=(SIGNER, KATE), at=NOW + DAY)
    yield case("untrusted-second-before", "untrusted-key",
               "A second before its valid-after a key is not valid, skew or not.",
               signers=(SIGNER, KATE), at=NOW - 1)
    yield case("untrusted-at-mark", "untrusted-key", "The clock mark says that the key's time is over.", late,
               signers=(SIGNER, KATE), at=NOW + DAY - 1, mark=NOW + DAY)
    yield case("untrusted-with-nonce", "untrusted-key", "A nonce does not make an expired key valid.",
               {"nonce": bytes(16)}, challenge=bytes(16), signers=(SIGNER, GINA))
    yield case("untrusted-before-bad", "untrusted-key", "The first failing signature decides: untrusted, then wrong.",
               signers=(MALLORY, by(BOB, spoil=flip(0))))
    yield case("untrusted-key-before-signature", "untrusted-key", "A key is looked up before its signature is checked.",
               signers=(SIGNER, by(MALLORY, spoil=flip(0))))
    yield case("untrusted-before-claims", "untrusted-key", "Claims are not looked at before the signatures.",
               signers=(SIGNER, MALLORY), payload=b"\xff")


def bad():
    table = (
        ("r-bit", "One bit of R is wrong.", (SIGNER, by(BOB, spoil=flip(3)))),
        ("s-bit", "One bit of S is wrong.", (SIGNER, by(BOB, spoil=flip(40)))),
        ("last-bit", "The highest bit of the signature is set.", (SIGNER, by(BOB, spoil=flip(63, 0x80)))),
        ("zeros", "A signature of zeros.", (SIGNER, by(BOB, spoil=lambda s: bytes(64)))),
        ("s-plus-order", "S is not below the order: the other form of a good signature.",
         (SIGNER, by(BOB, spoil=plus_order))),
        ("s-negated", "S is negated.", (SIGNER, by(BOB, spoil=negated))),
        ("r-neutral", "R is the neutral point.", (SIGNER, neutral_r(BOB))),
        ("first", "The issuer's signature is wrong, the approver's good.", (by(SIGNER, spoil=flip(0)), BOB)),
        ("among-good", "One wrong signature among four good ones.",
         (SIGNER, BOB, by(DAVE, spoil=flip(0)), CAROL, ERIN)),
        ("extra", "A wrong signature spoils a token that has enough without it.",
         (SIGNER, BOB, by(DAVE, spoil=flip(0)))),
        ("other-payload", "The approver signed another payload.", (SIGNER, borrowed(BOB))),
        ("other-signer", "The signature is good, but by another trusted key.",
         (SIGNER, by(DAVE, protected=header(BOB)))),
        ("unhashed-kid", "A key id of a trusted key over an unknown key's signature.",
         (SIGNER, by(MALLORY, protected=header(BOB)))),
        ("aad-missing", "The signature is without the external data.",
         (SIGNER, by(BOB, over=lambda p, h: sig_structure(p, h, aad=b"")))),
        ("aad-other", "The signature is for another version of the token.",
         (SIGNER, by(BOB, over=lambda p, h: sig_structure(p, h, aad=AAD[:-1] + b"2")))),
        ("context-sign1", "The signature is for a message with one signature.",
         (SIGNER, by(BOB, over=lambda p, h: sig_structure(p, h, context="Signature1")))),
        ("context-counter", "The signature is a counter-signature.",
         (SIGNER, by(BOB, over=lambda p, h: sig_structure(p, h, context="CounterSignature")))),
        ("no-signer-header", "The signature leaves the signer's header out.",
         (SIGNER, by(BOB, over=lambda p, h: encode(["Signature", b"", AAD, p])))),
        ("empty-signer-header", "The signature does not cover the signer's header.",
         (SIGNER, by(BOB, over=lambda p, h: sig_structure(p, b"")))),
        ("body-header", "The signature covers a body header that is not there.",
         (SIGNER, by(BOB, over=lambda p, h: sig_structure(p, h, body=b"\xa0")))),
        ("bare-payload", "The signature is over the payload alone.", (SIGNER, by(BOB, over=lambda p, h: p))),
        ("hashed", "A plain key signed the hash of the structure.",
         (SIGNER, by(BOB, over=lambda p, h: sha256(sig_structure(p, h))))),
        ("sshsig", "The signature is one of `ssh-keygen -Y sign`.", (SIGNER, by(BOB, over=sshsig))),
        ("hardware-bit", "One bit of a hardware key's signature is wrong.", (SIGNER, by(CAROL, spoil=flip(3)))),
        ("hardware-absent", "The hardware key was not touched.", (SIGNER, by(CAROL, flags=0))),
        ("hardware-verified-absent", "User verification without presence.", (SIGNER, by(CAROL, flags=USER_VERIFIED))),
        ("hardware-presence-added", "The presence flag was set after signing.",
         (SIGNER, by(CAROL, flags=0, spoil=flip(64, USER_PRESENT)))),
        ("hardware-counter", "The counter was changed after signing.", (SIGNER, by(CAROL, spoil=flip(68)))),
        ("hardware-unhashed", "A hardware key signed the structure instead of its hash.",
         (SIGNER, sk_without_inner_hash)),
        ("hardware-application", "A hardware key signed for another application.", (SIGNER, sk_other_application)),
        ("hardware-s-plus-order", "S of a hardware key's signature is not below the order.",
         (SIGNER, by(CAROL, spoil=plus_order))),
        ("hardware-plain-message", "A hardware key's bytes signed as a plain key would.",
         (SIGNER,
          lambda p: [header(CAROL), {},
                     ed25519.sign(CAROL.seed, sig_structure(p, header(CAROL))) + b"\x01\0\0\0\x07"])),
        ("before-untrusted", "The first failing signature decides: wrong, then untrusted.",
         (by(SIGNER, spoil=flip(0)), MALLORY)),
    )
    for name, why, signers in table:
        yield case("bad-" + name, "bad-signature", why, signers=signers)
    yield from swapped()


def swapped():
    payload = encode(claims("bad-swapped"))
    one, two = (by(key)(payload) for key in (SIGNER, BOB))
    exchanged = [[one[0], {}, two[2]], [two[0], {}, one[2]]]
    yield case("bad-swapped", "bad-signature", "The two signatures have changed places under their headers.",
               token=text(Message(payload, exchanged).encode()))
    changed = encode(claims("bad-swapped", login="root"))
    yield case("bad-login-changed", "bad-signature", "The login was changed after signing.", login="root",
               token=text(Message(changed, [one, two]).encode()))
    yield case("bad-payload-exchanged", "bad-signature", "The payload of another token under this one's signatures.",
               token=text(Message(OTHER_PAYLOAD, signed(payload).signatures).encode()), login="root")
    yield case("bad-before-claims", "bad-signature", "Claims are not looked at before the signatures.",
               signers=(SIGNER, by(BOB, spoil=flip(0))), payload=b"")


def missing():
    sk_only = {"approver_keys": "sk"}
    table = (
        ("approver", "Only the issuer signed.", {}, (SIGNER,), {}),
        ("issuer", "Only an approver signed.", {}, (BOB,), {}),
        ("two-approvers", "Two approvers are neither alternative.", OFFLINE, (BOB, CAROL), {}),
        ("two-issuers", "A second issuer is no approver.", {}, (SIGNER, SIGNER_B), {}),
        ("same-person-twice", "One person's two keys are one approver.", {}, (SIGNER, BOB, BOB_SECOND),
         {"signatures": "issuer:1+approver:2"}),
        ("same-person-quorum", "One person's two keys and another's are two approvers.", OFFLINE,
         (BOB, BOB_SECOND, CAROL), {}),
        ("two-issuers-wanted", "The policy wants two issuers.", {}, (SIGNER, BOB, CAROL, DAVE),
         {"signatures": "issuer:2+approver:1"}),
        ("four-approvers-wanted", "The policy wants four approvers.", OFFLINE, THREE, {"signatures": "approver:4"}),
        ("no-offline-policy", "The policy has no alternative without an issuer.", OFFLINE, THREE,
         {"signatures": "issuer:1+approver:1"}),
        ("plain-under-hardware-policy", "The policy counts hardware keys as approvers only.", {}, (SIGNER, BOB),
         sk_only),
        ("mixed-under-hardware-policy", "Two of three approvers have hardware keys.", OFFLINE, (CAROL, DAVE, ERIN),
         sk_only),
    )
    for name, why, changes, signers, policy in table:
        yield case("missing-" + name, "signatures-missing", why, changes, signers, policy=policy)
    yield case("missing-before-claims", "signatures-missing", "Claims are not looked at before the rule.",
               signers=(BOB, CAROL), payload=b"\xa0")


def wrong_issuer():
    table = (
        ("other-issuer", "The claim names an issuer that did not sign.", {"iss": "signer-b.example"}, (SIGNER, BOB)),
        ("approver", "The claim names the approver.", {"iss": "bob@example.com"}, (SIGNER, BOB)),
        ("unknown", "The claim names nobody known.", {"iss": "signer.example.net"}, (SIGNER, BOB)),
        ("beginning", "The claim is the beginning of the issuer's name.", {"iss": "signer"}, (SIGNER, BOB)),
        ("capitals", "The claim differs in a capital.", {"iss": "Signer.example"}, (SIGNER, BOB)),
        ("offline-with-issuer", "`offline` where the alternative needs an issuer.", OFFLINE, (SIGNER, BOB)),
        ("named-without-issuer", "An issuer is named where approvers alone signed.", {}, THREE),
        ("offline-capitals", "`Offline` is not `offline`.", {"iss": "Offline"}, THREE),
        ("both-alternatives", "Both alternatives are met, the claim fits neither.", {"iss": "signer-b.example"},
         (SIGNER, *THREE)),
    )
    for name, why, changes, signers in table:
        yield case("issuer-" + name, "wrong-issuer", why, changes, signers)
    yield case("issuer-unmet-alternative", "wrong-issuer", "The claim fits an alternative that is not met.", OFFLINE,
               (SIGNER, BOB, CAROL))
    yield case("issuer-before-self", "wrong-issuer", "The issuer is looked at before self-approval.",
               {"iss": "signer-b.example", "sub": "bob@example.com"})


def self_approved():
    bob = {"sub": "bob@example.com"}
    table = (
        ("subject", "The approver is the subject.", bob, (SIGNER, BOB)),
        ("subject-second-key", "The approver is the subject, with a second key.", bob, (SIGNER, BOB_SECOND)),
        ("subject-hardware", "The approver is the subject, with a hardware key.", {"sub": "carol@example.com"},
         (SIGNER, CAROL)),
        ("subject-in-quorum", "The subject is one of the three approvers.", {**OFFLINE, **bob}, THREE),
        ("subject-extra", "The subject signed beside an approver who would have been enough.", bob,
         (SIGNER, CAROL, BOB)),
        ("subject-console", "The approver is the subject, at a console.", {**bob, "cnf": ABSENT}, (SIGNER, BOB)),
        ("holder-is-approver", "The holder's key is the approver's.", {"cnf": {3: BOB.hash}}, (SIGNER, BOB)),
        ("holder-is-hardware-approver", "The holder's key is the approver's hardware key.", {"cnf": {3: CAROL.hash}},
         (SIGNER, CAROL)),
        ("holder-of-another", "The holder's key is trusted as an approver's, who is not the subject.",
         {"cnf": {3: DAVE.hash}}, (SIGNER, BOB)),
        ("holder-requester", "The holder's key is a requester's, who is not the subject.",
         {"cnf": {3: ALICE_REQUESTER.hash}, "sub": "oscar@example.com"}, (SIGNER, BOB)),
        ("holder-issuer", "The holder's key is the issuer's.", {"cnf": {3: SIGNER.hash}}, (SIGNER, BOB)),
        ("holder-expired", "The holder's key was once trusted for another.", {"cnf": {3: GINA.hash}}, (SIGNER, BOB)),
    )
    keys = {key.hash: key for key in (BOB, CAROL, DAVE, ALICE_REQUESTER, SIGNER, GINA)}
    for name, why, changes, signers in table:
        cnf = changes.get("cnf")
        holder = {} if cnf is None else {"holder": None} if cnf is ABSENT else {"holder": keys[cnf[3]]}
        yield case("self-" + name, "self-approved", why, changes, signers, **holder)
    yield case("self-before-host", "self-approved", "Self-approval is looked at before the host.", bob, host="db-1")
    yield case("self-holder-not-presented", "self-approved", "The claim counts, whichever key the login used.",
               {"cnf": {3: DAVE.hash}})


def cases():
    for part in (untrusted, bad, missing, wrong_issuer, self_approved):
        yield from part()
