# SPDX-License-Identifier: BSD-2-Clause
"""Builders of tokens: claims, signatures, the COSE_Sign message, its text, and a case of the table."""

import base64
from dataclasses import dataclass

from . import cbor
from .people import ALICE, BOB, DAY, NOW, SIGNER
from .sshkey import sha256

AAD = b"breakglass-token-v1"
PREFIX = "bg1_"
LONGEST_TEXT = 1000
ABSENT = object()
CLAIM_KEYS = {"iss": 1, "sub": 2, "aud": 3, "exp": 4, "nbf": 5, "iat": 6, "cti": 7, "cnf": 8, "nonce": 10,
              "login": "login", "max": "max", "lvl": "lvl", "why": "why", "src": "src"}


def claims(name, extra=None, **changes):
    """The claims of an ordinary token by CBOR key; changes go by short name, ABSENT leaves one out."""
    values = {"iss": "signer.example", "sub": "alice@example.com", "aud": "host:web-17",
              "exp": NOW + 600, "nbf": NOW, "iat": NOW, "cti": sha256(b"token id: " + name.encode())[:16],
              "cnf": {3: ALICE.hash}, "login": "ops", "max": 1800, "why": "INC-4711 database does not start",
              **changes}
    return {**{CLAIM_KEYS[k]: v for k, v in values.items() if v is not ABSENT}, **(extra or {})}


def sig_structure(payload, protected, body=b"", aad=AAD, context="Signature"):
    return cbor.encode([context, body, protected, aad, payload])


def header(key, alg=None, kid=None):
    """The protected header of a signature, encoded."""
    return cbor.encode({1: key.alg if alg is None else alg, 4: key.kid if kid is None else kid})


def by(key, protected=None, unprotected=None, spoil=None, over=sig_structure, **details):
    """A signature in the making: a function from payload to COSE_Signature.

    `over` makes what is signed, `spoil` changes the signature bytes, `details` go to the key (flags, counter).
    """
    protected = header(key) if protected is None else protected

    def make(payload):
        signature = key.sign(over(payload, protected), **details)
        return [protected, unprotected or {}, spoil(signature) if spoil else signature]
    return make


@dataclass
class Message:
    """The four parts of a COSE_Sign message."""
    payload: object
    signatures: object
    protected: object = b""
    unprotected: object = None

    def parts(self):
        return [self.protected, self.unprotected or {}, self.payload, self.signatures]

    def encode(self):
        return bytes(cbor.tagged(98, self.parts()))


def signed(payload, signers=(by(SIGNER), by(BOB))):
    return Message(payload, [make(payload) for make in signers])


def text(raw):
    return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Case:
    """One vector: a token, the circumstances it is presented in, and what must come of it."""
    name: str
    why: str
    code: str
    token: str
    context: dict

    def record(self):
        return {"name": self.name, "why": self.why, "code": self.code, "token": self.token, **self.context}


def context(host="web-17", groups=("web",), login="ops", holder=ALICE, address="192.0.2.10", at=NOW + 60,
            booted_at=NOW - DAY, challenge=None, mark=None, trusted="good", policy=None):
    return {"host": host, "groups": list(groups), "login": login, "holder": holder and holder.text,
            "address": address, "at": at, "booted_at": booted_at, "challenge": challenge and challenge.hex(),
            "mark": mark, "trusted": trusted, "policy": policy or {}}


def case(name, code, why, changes=None, signers=(SIGNER, BOB), payload=None, token=None, **circumstances):
    """A case whose token is the ordinary one but for `changes` (claims), `payload` (its bytes) or `token` (all)."""
    if token is None:
        if payload is None:
            payload = cbor.encode(claims(name, **(changes or {})))
        token = text(signed(payload, [s if callable(s) else by(s) for s in signers]).encode())
    return Case(name, why, code, token, context(**circumstances))
