# SPDX-License-Identifier: BSD-2-Clause
"""A client of the signing service by docs/PROTOCOL.signer.md, independent of the project's code: signs with libsodium
alone, and sends what no honest client would."""
import base64
import ctypes
import hashlib
import http.client
import json
import os
import socket
import struct
import time

ISSUER = "signer.example"
PHRASES = {413: "Content Too Large", 414: "URI Too Long"}  # of RFC 9110; Python's are older


def sodium():
    for name in ("libsodium.so.23", "libsodium.so.26", "libsodium.so"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            pass
    raise OSError("libsodium is not here")


SODIUM = sodium()


def string(data):
    return struct.pack(">I", len(data)) + data


def take(data):
    size = struct.unpack(">I", data[:4])[0]
    return data[4:4 + size], data[4 + size:]


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def bstr(data, kind=0x40):
    size = len(data)
    if size < 24:
        return bytes([kind + size]) + data
    head = bytes([kind + 24, size]) if size < 256 else bytes([kind + 25]) + size.to_bytes(2, "big")
    return head + data


class Key:
    """An unencrypted OpenSSH key of type ed25519, and the person who has it."""

    def __init__(self, path):
        with open(path + ".pub", encoding="ascii") as file:
            self.line = " ".join(file.read().split()[:2])
        with open(path, encoding="ascii") as file:
            raw = base64.b64decode("".join(file.read().splitlines()[1:-1]))
        rest = raw[15:]
        for _ in range(3):  # cipher, kdf, its options
            _, rest = take(rest)
        self.blob, rest = take(rest[4:])
        private, _ = take(rest)
        rest = private[8:]
        for _ in range(2):  # type, public key
            _, rest = take(rest)
        self.secret, _ = take(rest)

    def sign(self, message):
        signature = ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_detached(signature, None, message, ctypes.c_ulonglong(len(message)), self.secret)
        return signature.raw

    PROTECTED = b"\xa2\x01\x27\x04"
    sign_token = sign

    def ssh_signature(self, message):
        return string(b"ssh-ed25519") + string(self.sign(message))

    def sshsig(self, namespace, message):
        name = string(namespace.encode())
        signed = (b"SSHSIG" + name + string(b"") + string(b"sha512")
                  + string(hashlib.sha512(message).digest()))
        signature = string(self.ssh_signature(signed))
        return (b"SSHSIG" + struct.pack(">I", 1) + string(self.blob) + name + string(b"")
                + string(b"sha512") + signature)

    def approval(self, payload):
        """The body of an approval of this draft."""
        protected = self.PROTECTED + bstr(hashlib.sha256(self.blob).digest()[:8])
        structure = (b"\x85" + bstr(b"Signature", 0x60) + b"\x40" + bstr(protected)
                     + bstr(b"breakglass-token-v1") + bstr(payload))
        return json.dumps({"key": self.line, "signature": b64url(self.sign_token(structure))}).encode()


class HardwareKey(Key):
    """A security key's, as its token would sign; its application begins with "ssh:". Known by the name alone."""

    def __init__(self, name, application=b"ssh:", flags=1):
        public = ctypes.create_string_buffer(32)
        secret = ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(public, secret, hashlib.sha256(name.encode()).digest())
        self.secret, self.application, self.flags, self.counter = secret.raw, application, flags, 0
        self.blob = string(self.TYPE) + string(public.raw) + string(application)
        self.line = self.TYPE.decode() + " " + base64.b64encode(self.blob).decode()

    TYPE = b"sk-ssh-ed25519@openssh.com"
    PROTECTED = b"\xa2\x01\x3a\x00\x01\x11\x70\x04"

    def sign_token(self, message):
        self.counter += 1
        tail = struct.pack(">BI", self.flags, self.counter)
        return self.sign(hashlib.sha256(self.application).digest() + tail + hashlib.sha256(message).digest()) + tail

    def ssh_signature(self, message):
        value = self.sign_token(message)
        return string(self.TYPE) + string(value[:64]) + value[64:]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """Of a problem, which is one as the protocol has it."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.headers
        problem = self.json
        assert set(problem) <= {"type", "title", "status", "code", "detail"}, problem
        assert problem["type"] == "about:blank" and problem["status"] == self.status, problem
        assert problem["title"] == PHRASES.get(self.status, http.client.responses[self.status]), problem
        return problem["code"]


class Local(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("service", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = open_socket(self.path, self.timeout)


def open_socket(path, timeout=15):
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(timeout)
    end = time.monotonic() + timeout
    while True:
        try:
            sock.connect(path)
            return sock
        except BlockingIOError:  # others come faster than they are accepted
            assert time.monotonic() < end, "nobody is accepted any more"
            time.sleep(0.01)


def signed(key, namespace, method, target, body=b"", idempotency="", when=None, nonce=None, issuer=ISSUER):
    """The headers of a call."""
    when = str(int(time.time()) if when is None else when)
    nonce = nonce or os.urandom(16).hex()
    message = "\n".join(["breakglass-call-v1", issuer, method, target, hashlib.sha256(body).hexdigest(), idempotency,
                         when, nonce, ""]).encode()
    blob = base64.b64encode(key.sshsig(namespace, message)).decode()
    headers = {"Authorization": f"SSHSIG {when}.{nonce}.{blob}"}
    if idempotency:
        headers["Idempotency-Key"] = idempotency
    return headers


class Service:
    def __init__(self, path="socket", timeout=40):
        self.path, self.timeout = path, timeout

    def send(self, method, target, body=b"", headers=None):
        connection = Local(self.path, self.timeout)
        try:
            try:
                connection.request(method, target, body or None, headers or {})
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before all of it was sent: the answer is there
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def read(self, key, target, **options):
        return self.send("GET", target, headers=signed(key, "breakglass-read", "GET", target, **options))

    def post(self, key, namespace, target, body, **options):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", target, body, signed(key, namespace, "POST", target, body, **options))

    def request(self, key, body, **options):
        return self.post(key, "breakglass-request", "/v1/requests", body, **options)

    def deny(self, key, name, reason="not now", **options):
        return self.post(key, "breakglass-deny", f"/v1/requests/{name}/denials", {"reason": reason}, **options)

    def approve(self, key, name, reader=None):
        draft = self.read(reader or key, f"/v1/requests/{name}/draft")
        if draft.status != 200:
            return draft
        body = key.approval(unb64url(draft.json["payload"]))
        return self.send("POST", f"/v1/requests/{name}/approvals", body)

    def entries(self, key):
        """All lines of the ledger, whose chain is looked at on the way."""
        lines = []
        while True:
            answer = self.read(key, f"/v1/ledger/entries?from={len(lines) + 1}&limit=1000")
            assert answer.status == 200, answer.body
            page = answer.body.split(b"\n")[:-1]
            if not page:
                return check_chain(lines)
            lines += page


def check_chain(lines):
    previous = "0" * 64
    entries = []
    for number, line in enumerate(lines, 1):
        entry = json.loads(line)
        assert entry["number"] == number and entry["previous"] == previous, line
        assert line.startswith(b'{"number":%d,"previous":"%s","time":' % (number, previous.encode())), line
        assert len(line) <= 16384
        previous = hashlib.sha256(line).hexdigest()
        entries.append(entry)
    return entries


def ask(holder, /, **changes):
    """What is usually asked for; None takes a member away."""
    wish = {"for": "ssh", "hosts": ["web-17"], "login": "ops", "reason": "INC-1 database down", "window": 600,
            "max": 1800, "holder": holder.line} | changes
    return {name: value for name, value in wish.items() if value is not None}
