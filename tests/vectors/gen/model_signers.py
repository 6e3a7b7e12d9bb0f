# SPDX-License-Identifier: BSD-2-Clause
"""A second opinion on trusted_signers: a reader made from the rules alone, which shares no code with the builders."""

import base64
import binascii
import calendar
import datetime
import hashlib
import re
from dataclasses import dataclass

from . import ed25519

ROLE = r'namespaces="breakglass-(issuer|approver|requester)"'
TIME = r'(valid-after|valid-before)="(\d{8}|\d{12}|\d{14})Z"'
OPTIONS = re.compile(f"({ROLE}|{TIME})(,({ROLE}|{TIME}))*")
LINE = re.compile(r"([a-z0-9._@+-]{1,128})[ \t]+(\S+)[ \t]+(ssh-ed25519|sk-ssh-ed25519@openssh\.com)"
                  r"[ \t]+(\S+)(?:[ \t]+[ -~]*)?")


class Wrong(Exception):
    """Carries the number of the wrong line."""


@dataclass
class Trusted:
    principal: str
    role: str
    after: int
    before: int
    blob: bytes
    public: bytes
    application: bytes  # None for a plain key

    @property
    def alg(self):
        return -8 if self.application is None else -70001

    @property
    def hash(self):
        return hashlib.sha256(self.blob).digest()

    @property
    def kid(self):
        return self.hash[:8]

    def valid(self, moment):
        return (self.after is None or moment >= self.after) and (self.before is None or moment < self.before)


def seconds(digits):
    numbers = [int(digits[:4])] + [int(digits[i:i + 2]) for i in range(4, len(digits), 2)]
    moment = calendar.timegm(datetime.datetime(*numbers).timetuple())
    if moment <= 0:
        raise ValueError(digits)
    return moment


def strings(blob):
    while blob:
        size = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + size:
            raise ValueError("short")
        yield blob[4:4 + size]
        blob = blob[4 + size:]


def parse_key(kind, text):
    blob = base64.b64decode(text, validate=True)
    if base64.b64encode(blob).decode() != text:
        raise ValueError("base64")
    inner, public, *rest = strings(blob)
    if inner.decode() != kind or len(public) != 32 or len(rest) != (kind != "ssh-ed25519"):
        raise ValueError("blob")
    if rest and (not rest[0].startswith(b"ssh:") or len(rest[0]) > 128):
        raise ValueError("application")
    point = ed25519.decompress(public)
    if point is None or ed25519.small_order(point) or not ed25519.same(ed25519.multiply(ed25519.L, point),
                                                                       ed25519.NEUTRAL):
        raise ValueError("weak")
    return blob, public, rest[0] if rest else None


def parse_line(text):
    match = LINE.fullmatch(text)
    if not match or match[1] == "offline" or not OPTIONS.fullmatch(match[2]):
        raise ValueError("line")
    roles, times = re.findall(ROLE, match[2]), re.findall(TIME, match[2])
    limits = {name: seconds(digits) for name, digits in times}
    after, before = limits.get("valid-after"), limits.get("valid-before")
    if len(roles) != 1 or len(limits) != len(times) or (after and before and after >= before):
        raise ValueError("options")
    return Trusted(match[1], roles[0], after, before, *parse_key(match[3], match[4]))


def conflict(entry, others):
    for other in others:
        if other.blob == entry.blob and (other.role == entry.role or other.principal != entry.principal):
            return True
        if other.principal == entry.principal and (other.role == "issuer") != (entry.role == "issuer"):
            return True
        if other.blob != entry.blob and other.kid == entry.kid:
            return True
    return False


def read(data):
    """The entries of a file; raises Wrong with the first wrong line."""
    if len(data) > 262144:
        raise Wrong(0)
    entries = []
    for number, row in enumerate(data.split(b"\n"), 1):
        if len(row) > 1024 or re.search(rb"[^\t -~]", row):
            raise Wrong(number)
        if not row or row.startswith(b"#"):
            continue
        try:
            entry = parse_line(row.decode("ascii"))
        except (ValueError, binascii.Error):
            raise Wrong(number) from None
        entries.append(entry)
        if conflict(entry, entries[:-1]) or len({e.blob for e in entries}) > 256:
            raise Wrong(number)
    if not entries:
        raise Wrong(0)
    return entries
