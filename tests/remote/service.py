#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Plays the signing service in a test's folder, by its protocol and independent of its code.

service.py SOCKET | service.py --tls CERTIFICATE KEY

Beside it in the folder: keys of issuer and ca, "allowed" (who may call), "needs" (how many approvals
are needed, 1 without it), "change" (options that replace those asked for when a draft is made), "call", "wait" and "draft-of" (what a draft says in the place of the truth), and "mode": one word for how to misbehave. Each call is a line in "calls". With --tls the port is in "port".
"""
import base64
import hashlib
import http.server
import json
import os
import re
import socketserver
import ssl
import subprocess
import sys
import threading
import time

BREAKGLASS = os.environ["top_builddir"] + "/tests/lib/breakglass"
ISSUER = "signer.example"
requests = {}
answers = {}
nonces = set()
changed = threading.Condition()


def word(name, default=""):
    try:
        with open(name, encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return default


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def bstr(data):
    head = bytes([0x40 + len(data)]) if len(data) < 24 else bytes([0x58, len(data)])
    head = head if len(data) < 256 else b"\x59" + len(data).to_bytes(2, "big")
    return head + data


def take_bstr(data):
    kind = data[0]
    if kind < 0x58:
        size, at = kind - 0x40, 1
    elif kind == 0x58:
        size, at = data[1], 2
    else:
        size, at = int.from_bytes(data[1:3], "big"), 3
    return data[at:at + size], data[at + size:]


class Refusal(Exception):
    def __init__(self, status, code, detail):
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def check_signature(handler, namespace, body):
    """By ssh-keygen, which knows nothing of this program."""
    scheme, _, value = handler.headers.get("Authorization", "").partition(" ")
    if scheme != "SSHSIG":
        raise Refusal(401, "unsigned", "the call is not signed")
    when, nonce, blob = value.split(".")
    key = handler.headers.get("Idempotency-Key", "")
    lines = ["breakglass-call-v1", ISSUER, handler.command, handler.path,
             hashlib.sha256(body).hexdigest(), key, when, nonce, ""]
    message = "\n".join(lines).encode()
    name = f"sig.{threading.get_ident()}"
    with open(name, "w", encoding="ascii") as file:
        file.write("-----BEGIN SSH SIGNATURE-----\n")
        for at in range(0, len(blob), 70):
            file.write(blob[at:at + 70] + "\n")
        file.write("-----END SSH SIGNATURE-----\n")
    found = subprocess.run(["ssh-keygen", "-Y", "find-principals", "-f", "allowed", "-s", name],
                           capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise Refusal(401, "unknown-key", "this key may not call")
    who = found.stdout.strip()
    good = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", who, "-n", namespace,
                           "-s", name], input=message, capture_output=True, check=False)
    if good.returncode != 0:
        raise Refusal(401, "bad-signature", "the signature is not good")
    if abs(int(when) - time.time()) > 120:
        raise Refusal(401, "wrong-time", "the time of the call is too far off")
    if nonce in nonces:
        raise Refusal(401, "replayed", "this nonce was seen before")
    nonces.add(nonce)
    call = {"method": handler.command, "target": handler.path, "body": body.decode(),
            "idempotency_key": key, "time": int(when), "nonce": nonce, "signature": blob}
    return who, call


def option(name, value):
    return ["--" + name, str(value)]


def mint(subject, ask):
    """The payload of a token as asked for, but for what "change" says."""
    options = ["--key", "file:issuer", "--issuer", ISSUER, "--subject", subject,
               "--login", ask["login"], "--window", str(ask["window"] + 60), "--max", str(ask["max"]),
               "--reason", ask["reason"]]
    hosts = ask.get("hosts") or ["db-1", "db-2"]
    for host in hosts if "--audience" not in word("change") else []:
        options += option("audience", "host:" + host)
    for source in ask.get("sources", []):
        options += option("source", source)
    if "level" in ask:
        options += option("level", ask["level"])
    if "nonce" in ask:
        options += option("nonce", ask["nonce"])
    if "holder" in ask:
        with open("holder.pub", "w", encoding="ascii") as file:
            file.write(ask["holder"] + "\n")
        os.chmod("holder.pub", 0o644)
        options += option("holder", "holder.pub")
    options += json.loads(word("change", "[]"))
    token = subprocess.run([BREAKGLASS, "token", "mint", *options], check=True, capture_output=True,
                           text=True).stdout.strip()
    raw = unb64url(token[4:])
    payload, rest = take_bstr(raw[5:])
    return payload, rest[1:]


def make_request(subject, call):
    ask = json.loads(call["body"])
    payload, signature = mint(subject, ask)
    at = re.search(rb"\x06\x1a.{4}\x07\x50", payload, re.DOTALL).end()  # behind issued at; a time may look like it
    name = payload[at:at + 16].hex()
    now = int(time.time())
    needed = int(word("needs", "1"))
    request = {
        "id": name, "state": "waiting", "subject": subject, "for": ask["for"],
        "hosts": ask.get("hosts") or ["db-1", "db-2"], "group": ask.get("group"),
        "login": ask["login"], "reason": ask["reason"], "window": ask["window"], "max": ask["max"],
        "level": ask.get("level"), "rule": "ordinary", "created": now, "approve_by": now + 60,
        "expires": now + 60 + ask["window"],
        "waits_for": [{"group": "sre", "count": needed, "have": 0, "people": []},
                      {"group": "security", "count": 0, "have": 0, "people": []}],
        "approvals": [], "denial": None}
    if needed == 0:
        request["state"] = "issued"
    requests[name] = {"view": request, "call": call, "payload": payload, "signatures": [signature],
                      "holder": ask.get("holder")}
    return request


def approve(held, body):
    approval = json.loads(body)
    blob = base64.b64decode(approval["key"].split()[1])
    protected = b"\xa2\x01\x27\x04" + bstr(hashlib.sha256(blob).digest()[:8])
    held["signatures"].append(b"\x83" + bstr(protected) + b"\xa0" + bstr(unb64url(approval["signature"])))
    view = held["view"]
    view["approvals"].append({"by": "bob@example.com", "at": int(time.time())})
    view["waits_for"][0]["have"] += 1
    view["waits_for"][0]["people"].append("bob")
    if view["waits_for"][0]["have"] >= view["waits_for"][0]["count"]:
        view["state"] = "issued"
    return view


def issue(held):
    signatures = held["signatures"]
    raw = (b"\xd8\x62\x84\x40\xa0" + bstr(held["payload"]) + bytes([0x80 + len(signatures)])
           + b"".join(signatures))
    token = "bg1_" + b64url(raw)
    certificate = None
    if held["holder"]:
        with open("certify.pub", "w", encoding="ascii") as file:
            file.write(held["holder"] + "\n")
        subprocess.run(["ssh-keygen", "-q", "-s", "ca", "-I", held["view"]["subject"], "-n",
                        held["view"]["login"], "-V", "-1m:+10m", "-O",
                        "extension:token@breakglass=" + token, "certify.pub"], check=True)
        certificate = " ".join(word("certify-cert.pub").split()[:2])
    return {"token": token, "certificate": certificate}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def address_string(self):
        return "test"

    def answer(self, status, value, kind="application/json"):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def problem(self, status, code, detail):
        self.answer(status, {"type": "about:blank", "title": "Refused", "status": status, "code": code,
                             "detail": detail}, "application/problem+json; charset=utf-8")

    def misbehave(self, mode):
        """Whether that was all."""
        if mode == "html":
            self.answer(502, b"<html><h1>Bad gateway</h1></html>", "text/html")
        elif mode == "nonsense":
            self.answer(200, b"{\"id\": \"1", "application/json")
        elif mode == "other":
            self.answer(200, {"hello": "world"})
        elif mode == "control":
            self.answer(200, {"hello": "\x1b[31mred"})
        elif mode == "steer":
            self.problem(403, "refused-by-rules", "no\x1b[2Jway\nout \u202e")
        elif mode == "redirect":
            self.send_response(307)
            self.send_header("Location", "https://elsewhere.example/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif mode == "huge":
            self.answer(200, b"[" + b" " * 2000000 + b"]")
        elif mode == "endless":
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            while True:
                self.wfile.write(b" " * 65536)
        elif mode == "silent":
            time.sleep(10)
        elif mode == "drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)
        elif mode == "break":
            self.close_connection = True
        elif mode == "down":
            self.problem(503, "unavailable", "the ledger cannot be written")
        elif mode == "late":
            self.send_header_date = "Thu, 01 Jan 2026 00:00:00 GMT"
            self.problem(401, "wrong-time", "the time of the call is too far off")
        else:
            return False
        return True

    def date_time_string(self, timestamp=None):
        return getattr(self, "send_header_date", None) or super().date_time_string(timestamp)

    def handle_call(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with open("calls", "a", encoding="utf-8") as file:
            nonce = self.headers.get("Authorization", "..").split(".")[1]
            file.write(f"{self.command} {self.path} {self.headers.get('Idempotency-Key', '-')} {nonce} "
                       f"{body.decode()}\n")
        if self.misbehave(word("mode")):
            return
        try:
            self.route(body)
        except Refusal as refusal:
            self.problem(refusal.status, refusal.code, refusal.detail)

    do_GET = do_POST = handle_call

    def route(self, body):
        path, _, query = self.path.partition("?")
        parts = path.strip("/").split("/")[1:]
        if parts == ["keys"]:
            cas = [] if word("mode") == "no-ca" else [word("ca.pub")]
            self.answer(200, {"issuer": ISSUER, "keys": [word("issuer.pub")], "ca": cas})
        elif parts == ["requests"] and self.command == "POST":
            self.ask(body)
        elif parts == ["requests"]:
            check_signature(self, "breakglass-read", body)
            self.list_requests(query)
        elif parts[0] == "requests":
            self.one_request(parts, query, body)
        elif parts == ["revocations"]:
            check_signature(self, "breakglass-revoke", body)
            self.answer(201, json.loads(body))
        elif parts[0] == "ledger":
            check_signature(self, "breakglass-read", body)
            self.ledger(parts[1], query)
        else:
            raise Refusal(404, "not-found", "there is no such thing")

    def ask(self, body):
        who, call = check_signature(self, "breakglass-request", body)
        key = self.headers.get("Idempotency-Key")
        if key not in answers:
            answers[key] = make_request(who, call)
            if word("mode") == "break-once":
                self.close_connection = True
                return
        self.answer(201, answers[key])

    def list_requests(self, query):
        state = query.partition("state=")[2].partition("&")[0]
        after = query.partition("after=")[2].partition("&")[0]
        names = [name for name, held in requests.items() if state in ("", held["view"]["state"])]
        at = names.index(after) + 1 if after else 0
        page = names[at:at + 1]  # one by one, whatever the limit
        more = page[0] if at + 1 < len(names) else None
        self.answer(200, {"requests": [requests[name]["view"] for name in page], "next": more})

    def one_request(self, parts, query, body):
        held = requests.get(parts[1])
        if held is None:
            raise Refusal(404, "not-found", "there is no such request")
        if len(parts) == 2:
            self.wait(held, query, body)
        elif parts[2] == "draft":
            check_signature(self, "breakglass-read", body)
            held = requests[word("draft-of", parts[1])]
            call = json.loads(word("call", json.dumps(held["call"])))
            self.answer(200, {"payload": b64url(held["payload"]), "call": call, "rule": "ordinary",
                              "wait": int(word("wait", "60"))})
        elif parts[2] == "approvals":
            with changed:
                self.answer(200, approve(held, body))
                changed.notify_all()
        elif parts[2] == "denials":
            who, _ = check_signature(self, "breakglass-deny", body)
            with changed:
                held["view"]["state"] = "denied"
                held["view"]["denial"] = {"by": who, "at": int(time.time()),
                                          "reason": json.loads(body)["reason"]}
                changed.notify_all()
            self.answer(200, held["view"])
        else:
            check_signature(self, "breakglass-read", body)
            if held["view"]["state"] != "issued":
                raise Refusal(409, "not-issued", "it waits for approvals")
            self.answer(200, issue(held))

    def wait(self, held, query, body):
        check_signature(self, "breakglass-read", body)
        if query.startswith("wait=") and held["view"]["state"] == "waiting":
            with changed:
                changed.wait(int(query[5:]))
        self.answer(200, held["view"])

    def ledger(self, what, query):
        if what == "checkpoint":
            self.answer(200, f"{ISSUER}/ledger\n3\nAAAA\n\n— {ISSUER} BBBB\n".encode(),
                        "text/plain; charset=utf-8")
            return
        first = int(query.partition("from=")[2].partition("&")[0])
        limit = int(query.partition("limit=")[2])
        lines = [f'{{"number":{n},"kind":"\x9b31mtest"}}\n' for n in range(first, 151)][:limit]
        self.answer(200, "".join(lines).encode(), "application/jsonl")


class Local(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


class Secure(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


def main():
    if sys.argv[1] == "--tls":
        server = Secure(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with open("port.new", "w", encoding="ascii") as file:
            file.write(str(server.server_address[1]))
        os.rename("port.new", "port")
    else:
        server = Local(sys.argv[1], Handler)
    server.serve_forever()


main()
