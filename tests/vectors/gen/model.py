# SPDX-License-Identifier: BSD-2-Clause
"""A second opinion on tokens: a judge made from the rules alone, which shares no code with the builders but the curve.

`judge` returns the code of a vector; the generator writes nothing while it differs from the one the table names.
"""

import base64
import binascii
import hashlib
import ipaddress
import re
import unicodedata

from . import ed25519

DEFAULTS = {"signatures": "issuer:1+approver:1 | approver:3", "holder_key": "required", "longest_window": 7200,
            "clock_skew": 30, "challenge": True, "group_audience": False, "approver_keys": "any"}
LAST_TIME = 253402300799


class Refused(Exception):
    """Carries the code."""


class Reader:
    """Strict deterministic CBOR; ValueError for anything else. No tags: the outer one is taken off before."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise ValueError("short")
        self.at += count
        return self.data[self.at - count:self.at]

    def head(self):
        initial = self.take(1)[0]
        major, number = initial >> 5, initial & 31
        if number < 24 or major == 7:
            return major, number
        if number > 27:
            raise ValueError("length")
        size = 1 << number - 24
        number = int.from_bytes(self.take(size), "big")
        if number < (24 if size == 1 else 1 << 4 * size):
            raise ValueError("wide")
        return major, number

    def value(self, depth=1):
        if depth > 6:
            raise ValueError("deep")
        major, number = self.head()
        if major < 2:
            return -1 - number if major else number
        if major in (2, 3):
            data = self.take(number)
            return data if major == 2 else data.decode("utf-8", "strict")
        if major == 4:
            return [self.value(depth + 1) for _ in range(number)]
        if major == 5:
            return self.map(number, depth)
        raise ValueError("tag or simple value")

    def map(self, count, depth):
        result, last = {}, b""
        for _ in range(count):
            start = self.at
            key = self.value(depth + 1)
            if self.data[start:self.at] <= last:
                raise ValueError("order")
            last = self.data[start:self.at]
            result[key] = self.value(depth + 1)  # an array as key is a TypeError
        return result


def whole(data):
    reader = Reader(data)
    try:
        value = reader.value()
    except TypeError as error:
        raise ValueError from error
    if reader.at != len(data):
        raise ValueError("trailing")
    return value


def need(condition, code="bad-claims"):
    if not condition:
        raise Refused(code)


def decode_text(token):
    need(len(token) <= 1000, "too-long")
    need(re.fullmatch(r"bg1_[A-Za-z0-9_-]+", token) is not None, "malformed")
    body = token[4:]
    try:
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except binascii.Error:
        raise Refused("malformed") from None
    need(base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == body, "malformed")
    return raw


def decode_header(data):
    header = whole(data)
    need(type(header) is dict and list(header) == [1, 4], "malformed")
    need(header[1] in (-8, -70001) and type(header[4]) is bytes and len(header[4]) == 8, "malformed")
    return header[1], header[4]


def decode_message(raw):
    """Payload and signatures: (alg, kid, protected, signature)."""
    need(raw[:2] == b"\xd8\x62", "malformed")
    try:
        message = whole(raw[2:])
        need(type(message) is list and len(message) == 4 and message[:2] == [b"", {}], "malformed")
        payload, entries = message[2:]
        need(type(payload) is bytes and type(entries) is list and 1 <= len(entries) <= 5, "malformed")
        result = []
        for entry in entries:
            need(type(entry) is list and [type(part) for part in entry] == [bytes, dict, bytes] and not entry[1],
                 "malformed")
            alg, kid = decode_header(entry[0])
            need(len(entry[2]) == (64 if alg == -8 else 69), "malformed")
            result.append((alg, kid, entry[0], entry[2]))
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    need(len({kid for _, kid, _, _ in result}) == len(result), "malformed")
    return payload, result


def byte_string(data):
    size = len(data)
    if size < 24:
        return bytes([0x40 + size]) + data
    return (b"\x58" + bytes([size]) if size < 256 else b"\x59" + size.to_bytes(2, "big")) + data


def check_signature(entry, payload, signers, moment):
    """The usable entries of the file (issuer or approver) for one signature."""
    alg, kid, protected, signature = entry
    usable = [s for s in signers if s.kid == kid and s.alg == alg and s.role != "requester" and s.valid(moment)]
    need(usable, "untrusted-key")
    message = b"\x85\x69Signature\x40" + b"".join(map(byte_string, (protected, b"breakglass-token-v1", payload)))
    if alg == -70001:
        need(signature[64] & 1, "bad-signature")
        message = (hashlib.sha256(usable[0].application).digest() + signature[64:] + hashlib.sha256(message).digest())
    need(ed25519.verify(usable[0].public, message, signature[:64]), "bad-signature")
    return usable[0]


def satisfied(rule, used, approver_keys):
    """Of the policy's alternatives those whose counts are met, each as whether it needs an issuer."""
    issuers = {s.principal for s in used if s.role == "issuer"}
    approvers = {s.principal for s in used if s.role == "approver" and (approver_keys == "any" or s.alg == -70001)}
    result = []
    for alternative in rule.split("|"):
        counts = dict(term.strip().split(":") for term in alternative.split("+"))
        if len(issuers) >= int(counts.get("issuer", 0)) and len(approvers) >= int(counts.get("approver", 0)):
            result.append("issuer" in counts)
    return result


def check_text(value, longest=128):
    need(type(value) is str and 1 <= len(value.encode()) <= longest)
    need(not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in value))


def check_integer(value, lowest, highest):
    need(type(value) is int and lowest <= value <= highest)


def check_bytes(value, size):
    need(type(value) is bytes and len(value) == size)


def check_array(value):
    need(type(value) is list and 1 <= len(value) <= 8)


def block(value):
    check_text(value)
    match = re.fullmatch(r"([0-9A-Fa-f.:]+)/(0|[1-9][0-9]{0,2})", value)
    need(match)
    try:
        network = ipaddress.ip_network(value)
    except ValueError:
        raise Refused("bad-claims") from None
    mapped = ipaddress.ip_network("::ffff:0:0/96")
    need(network.version == 4 or not network.subnet_of(mapped))
    return network


def check_claims(payload):
    try:
        claims = whole(payload)
    except (ValueError, RecursionError):
        raise Refused("bad-claims") from None
    required = {1, 2, 3, 4, 5, 6, 7, "login", "max", "why"}
    need(type(claims) is dict and required <= set(claims) <= required | {8, 10, "lvl", "src"})
    for key in (1, 2, "login"):
        check_text(claims[key])
    check_text(claims["why"], 200)
    if type(claims[3]) is not list:
        claims[3] = [claims[3]]
    check_array(claims[3])
    for audience in claims[3]:
        check_text(audience)
        need(re.fullmatch("(host|group):.+", audience))
    for key in (4, 5, 6):
        check_integer(claims[key], 0, LAST_TIME)
    need(claims[4] > claims[5] and claims[6] <= claims[4])
    check_bytes(claims[7], 16)
    check_integer(claims["max"], 1, 2**31 - 1)
    check_optional_claims(claims)
    return claims


def check_optional_claims(claims):
    if 8 in claims:
        need(type(claims[8]) is dict and list(claims[8]) == [3])
        check_bytes(claims[8][3], 32)
    if 10 in claims:
        check_bytes(claims[10], 16)
    if "lvl" in claims:
        check_integer(claims["lvl"], 1, 3)
    if "src" in claims:
        check_array(claims["src"])
        claims["src"] = [block(value) for value in claims["src"]]


def check_people(claims, alternatives, used, signers):
    issuers = {s.principal for s in used if s.role == "issuer"}
    need(any(claims[1] in issuers if with_issuer else claims[1] == "offline" for with_issuer in alternatives),
         "wrong-issuer")
    approvers = [s for s in used if s.role == "approver"]
    need(all(s.principal != claims[2] for s in approvers), "self-approved")
    if 8 in claims:
        holder = claims[8][3]
        need(all(s.hash != holder for s in approvers), "self-approved")
        need(all(s.principal == claims[2] for s in signers if s.hash == holder), "self-approved")


def check_time(claims, vector, policy):
    now, skew, mark, boot = vector["at"], policy["clock_skew"], vector["mark"], vector["booted_at"]
    if 10 in claims:
        need(policy["challenge"] and vector["challenge"] == claims[10].hex(), "wrong-challenge")
        return
    need(now + skew >= max(claims[5], claims[6]), "not-yet-valid")
    need(now - skew <= claims[4], "expired")
    need(mark is None or now + skew >= mark, "clock-untrusted")
    need(boot is None or claims[6] >= boot + skew, "issued-before-boot")


def check_source(claims, address):
    if "src" not in claims:
        return
    need(address is not None, "wrong-source")
    address = ipaddress.ip_address(address)
    address = getattr(address, "ipv4_mapped", None) or address
    need(any(network.version == address.version and address in network for network in claims["src"]), "wrong-source")


def check_holder(claims, vector, policy, by_host):
    if vector["holder"] is None:
        need(8 not in claims and by_host, "wrong-holder")
    elif 8 in claims:
        blob = base64.b64decode(vector["holder"].split(" ")[1])
        need(hashlib.sha256(blob).digest() == claims[8][3], "wrong-holder")
    else:
        need(by_host and policy["holder_key"] != "required", "wrong-holder")


def decide(vector, signers):
    policy = {**DEFAULTS, **vector["policy"]}
    payload, entries = decode_message(decode_text(vector["token"]))
    moment = max(vector["at"], vector["mark"] or 0)
    used = [check_signature(entry, payload, signers, moment) for entry in entries]
    alternatives = satisfied(policy["signatures"], used, policy["approver_keys"])
    need(alternatives, "signatures-missing")
    claims = check_claims(payload)
    check_people(claims, alternatives, used, signers)
    by_host = "host:" + vector["host"] in claims[3]
    by_group = policy["group_audience"] and any("group:" + group in claims[3] for group in vector["groups"])
    need(by_host or by_group, "wrong-host")
    need(claims["login"] == vector["login"], "wrong-login")
    need(claims[4] - claims[5] <= policy["longest_window"], "window-too-long")
    check_time(claims, vector, policy)
    check_source(claims, vector["address"])
    check_holder(claims, vector, policy, by_host)


def judge(vector, signers):
    try:
        decide(vector, signers)
    except Refused as refusal:
        return str(refusal)
    return "accepted"
