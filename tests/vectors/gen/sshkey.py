# SPDX-License-Identifier: BSD-2-Clause
"""OpenSSH keys made from labels: blobs, key ids, and the two kinds of signature."""

import base64
import hashlib
import struct

from . import ed25519

PLAIN_TYPE = "ssh-ed25519"
SK_TYPE = "sk-ssh-ed25519@openssh.com"
ALG_PLAIN, ALG_SK = -8, -70001
USER_PRESENT, USER_VERIFIED = 0x01, 0x04


def string(data):
    """An SSH string: its length in four bytes, then the bytes."""
    data = data.encode() if isinstance(data, str) else data
    return struct.pack(">I", len(data)) + data


def plain_blob(public):
    return string(PLAIN_TYPE) + string(public)


def sk_blob(public, application):
    return string(SK_TYPE) + string(public) + string(application)


def encoded(blob):
    return base64.b64encode(blob).decode()


def sha256(data):
    return hashlib.sha256(data).digest()


class Key:
    """A key pair; with an application it is a hardware key."""

    def __init__(self, label, application=None):
        self.seed = sha256(b"breakglass test vector key: " + label.encode())
        self.public = ed25519.public_key(self.seed)
        self.application = application
        self.type = PLAIN_TYPE if application is None else SK_TYPE
        self.alg = ALG_PLAIN if application is None else ALG_SK
        self.blob = plain_blob(self.public) if application is None else sk_blob(self.public, application)
        self.hash = sha256(self.blob)
        self.kid = self.hash[:8]
        self.text = f"{self.type} {encoded(self.blob)}"

    def sign(self, message, flags=USER_PRESENT, counter=7):
        """What a COSE_Signature holds; flags and counter play a part in hardware keys only."""
        if self.application is None:
            return ed25519.sign(self.seed, message)
        tail = struct.pack(">BI", flags, counter)
        return ed25519.sign(self.seed, sha256(self.application.encode()) + tail + sha256(message)) + tail
