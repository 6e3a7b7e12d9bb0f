#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""stream.py [--ca FILE] [--creds FILE] PORT create NAME SUBJECT [JSON]: a stream on the server at 127.0.0.1, with more of its
configuration. stream.py … PORT delete NAME. stream.py … PORT ids NAME: the ids of its events in their order, a word each; each
message has to carry the id of the event in it. stream.py … PORT subjects NAME. stream.py … PORT count NAME.
stream.py … PORT answer NAME SUBJECT TEXT: somebody who listens, and answers all with the text; the file NAME says from when on.
stream.py accounts FOLDER: an operator, an account with JetStream, the server's configuration (accounts.conf), and three users:
good.creds, other.creds of an account that the server does not know, and silent.creds, who may publish nothing of ours."""
import argparse
import base64
import ctypes
import ctypes.util
import hashlib
import json
import os
import socket
import ssl
import sys


class Key:
    """A key of NATS: Ed25519 with a text form."""
    KINDS = {"O": 14 << 3, "A": 0, "U": 20 << 3}
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")

    def __init__(self, kind, seed=None):
        self.kind, self.seed = kind, seed or os.urandom(32)
        public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        self.sodium.crypto_sign_seed_keypair(public, secret, self.seed)
        self.secret = secret.raw
        self.public = self.text(bytes([self.KINDS[kind]]) + public.raw)

    @staticmethod
    def text(raw):
        crc = 0
        for byte in raw:
            crc ^= byte << 8
            for _ in range(8):
                crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
        return base64.b32encode(raw + crc.to_bytes(2, "little")).decode().rstrip("=")

    def seed_text(self):
        kind = self.KINDS[self.kind]
        return self.text(bytes([(18 << 3) | (kind >> 5), (kind & 31) << 3]) + self.seed)

    @classmethod
    def of_seed_text(cls, text):
        return cls("U", base64.b32decode(text + "=" * (-len(text) % 8))[2:34])

    def sign(self, message):
        signature = ctypes.create_string_buffer(64)
        self.sodium.crypto_sign_detached(signature, None, message, ctypes.c_ulonglong(len(message)), self.secret)
        return base64.urlsafe_b64encode(signature.raw).decode().rstrip("=")


def encode(document):
    return base64.urlsafe_b64encode(json.dumps(document, separators=(",", ":")).encode()).decode().rstrip("=")


def jwt(issuer, subject, name, nats):
    claims = {"iat": 1767225600, "iss": issuer.public, "name": name, "sub": subject, "nats": {"version": 2, **nats}}
    claims["jti"] = base64.b32encode(hashlib.sha256(json.dumps(claims).encode()).digest()).decode().rstrip("=")
    text = encode({"typ": "JWT", "alg": "ed25519-nkey"}) + "." + encode(claims)
    return text + "." + issuer.sign(text.encode())


def write_creds(path, account, name, permissions):
    user = Key("U")
    token = jwt(account, user.public, name, {"type": "user", "subs": -1, "data": -1, "payload": -1, **permissions})
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
        file.write(f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
                   "************************* IMPORTANT *************************\n\n"
                   f"-----BEGIN USER NKEY SEED-----\n{user.seed_text()}\n------END USER NKEY SEED------\n")


def accounts(folder):
    operator, account, system, stranger = Key("O"), Key("A"), Key("A"), Key("A")
    everything = {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "conn": -1, "leaf": -1}
    storage = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
    own = jwt(operator, operator.public, "operator", {"type": "operator", "system_account": system.public})
    of_account = jwt(operator, account.public, "hosts", {"type": "account", "limits": {**everything, **storage}})
    of_system = jwt(operator, system.public, "SYS", {"type": "account", "limits": everything})
    with open(os.path.join(folder, "accounts.conf"), "w", encoding="ascii") as file:
        file.write(f"operator: {own}\nsystem_account: {system.public}\nresolver: MEMORY\nresolver_preload: {{\n"
                   f"  {account.public}: {of_account}\n  {system.public}: {of_system}\n}}\n")
    write_creds(os.path.join(folder, "good.creds"), account, "good", {"pub": {}, "sub": {}})
    write_creds(os.path.join(folder, "other.creds"), stranger, "other", {"pub": {}, "sub": {}})
    write_creds(os.path.join(folder, "silent.creds"), account, "silent",
                {"pub": {"deny": ["breakglass.events.>"]}, "sub": {}})


class Client:
    def __init__(self, port, ca, creds):
        self.socket = socket.create_connection(("127.0.0.1", port), 5)
        self.file = self.socket.makefile("rb", 0)
        info = json.loads(self.line().removeprefix(b"INFO "))
        if ca:
            self.socket = ssl.create_default_context(cafile=ca).wrap_socket(self.socket, server_hostname="127.0.0.1")
            self.file = self.socket.makefile("rb", 0)
        who = {}
        if creds:
            with open(creds, encoding="ascii") as file:
                lines = file.read().splitlines()
            seed = next(lines[at + 1] for at, line in enumerate(lines) if "BEGIN USER NKEY SEED" in line)
            who = {"jwt": lines[1], "sig": Key.of_seed_text(seed).sign(info["nonce"].encode())}
        options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True, **who}
        self.socket.sendall(b"CONNECT " + json.dumps(options).encode() + b"\r\nSUB reply 1\r\n")

    def line(self):
        return self.file.readline().rstrip(b"\r\n")

    def exactly(self, count):
        got = b""
        while len(got) < count:
            got += self.file.read(count - len(got))
        return got

    def request(self, subject, document):
        payload = json.dumps(document).encode() if document is not None else b""
        self.socket.sendall(b"PUB $JS.API.%s reply %d\r\n%s\r\n" % (subject.encode(), len(payload), payload))
        while True:
            line = self.line()
            if line.startswith(b"MSG "):
                return json.loads(self.exactly(int(line.split()[-1])) or b"{}")
            assert line.startswith((b"INFO ", b"PING", b"PONG")) or line == b"", line

    def answer(self, name, subject, text):
        self.socket.sendall(b"SUB %s 2\r\nPING\r\n" % subject.encode())
        while True:
            line = self.line()
            if line == b"PONG":
                with open(name, "w", encoding="ascii"):
                    pass
            if line.startswith((b"MSG ", b"HMSG ")):
                words = line.split()
                self.exactly(int(words[-1]) + 2)
                self.socket.sendall(b"PUB %s %d\r\n%s\r\n" % (words[3], len(text), text.encode()))


def messages(client, name):
    state = client.request(f"STREAM.INFO.{name}", None)["state"]
    for number in range(max(1, state["first_seq"]), state["last_seq"] + 1):
        yield client.request(f"STREAM.MSG.GET.{name}", {"seq": number})["message"]


def ids(client, name):
    for message in messages(client, name):
        event = json.loads(base64.b64decode(message["data"]))
        headers = dict(line.split(": ", 1) for line in base64.b64decode(message["hdrs"]).decode().splitlines() if ": " in line)
        assert headers["Nats-Msg-Id"] == event["id"], headers
        assert headers["Content-Type"].startswith("application/cloudevents+json"), headers
        yield event["id"]


def main():
    if sys.argv[1:2] == ["accounts"]:
        return accounts(sys.argv[2])
    parser = argparse.ArgumentParser()
    parser.add_argument("--ca")
    parser.add_argument("--creds")
    parser.add_argument("port", type=int)
    parser.add_argument("what")
    parser.add_argument("name")
    parser.add_argument("more", nargs="*")
    given = parser.parse_args()
    client = Client(given.port, given.ca, given.creds)
    if given.what == "create":
        more = json.loads(given.more[1]) if len(given.more) > 1 else {}
        answer = client.request(f"STREAM.CREATE.{given.name}", {"name": given.name, "subjects": [given.more[0]],
                                                                "storage": "file", **more})
        assert "error" not in answer, answer
    elif given.what == "delete":
        assert client.request(f"STREAM.DELETE.{given.name}", None)["success"]
    elif given.what == "ids":
        print(*ids(client, given.name))
    elif given.what == "answer":
        client.answer(given.name, *given.more)
    elif given.what == "count":
        print(client.request(f"STREAM.INFO.{given.name}", None)["state"]["messages"])
    else:
        print(*sorted({message["subject"] for message in messages(client, given.name)}))
    return None


main()
