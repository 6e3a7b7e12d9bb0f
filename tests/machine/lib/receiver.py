#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""receiver.py FOLDER CERTIFICATE KEY: the orchestrator's end of the webhook, on 127.0.0.1; its port goes into FOLDER/receiver.port.
Each event with a good signature is a line of FOLDER/told.jsonl. A machine's key is the one that it says when it is new; whoever replaces hosts would take it
only from a machine that it made itself, and once."""
import base64
import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile

FOLDER = sys.argv[1]
ED25519 = bytes.fromhex("302a300506032b6570032100")  # what comes before a public key in its DER form (RFC 8410)
keys = {}


def learn(event):
    if event["type"] == "breakglass.host.fresh":
        keys[event["subject"]] = event["data"]["key"]


def is_signed(headers, body):
    event = json.loads(body)
    learn(event)
    key = base64.b64decode(keys[event["subject"]].removeprefix("whpk_"))
    signature = base64.b64decode(headers["webhook-signature"].removeprefix("v1a,"))
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in (("key", ED25519 + key), ("signature", signature),
                              ("signed", f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body)):
            with open(f"{scratch}/{name}", "wb") as file:
                file.write(content)
        return event["id"] == headers["webhook-id"] and subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", f"{scratch}/key", "-rawin", "-in",
             f"{scratch}/signed", "-sigfile", f"{scratch}/signature"], stdout=subprocess.DEVNULL, check=False).returncode == 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            good = is_signed(self.headers, body)
        except (KeyError, ValueError):
            good = False
        if good:
            with open(FOLDER + "/told.jsonl", "ab") as file:
                file.write(body.strip() + b"\n")
        self.send_response(204 if good else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()


def main():
    if os.path.exists(FOLDER + "/told.jsonl"): # the machine was booted before
        with open(FOLDER + "/told.jsonl", encoding="utf-8") as file:
            for line in file:
                learn(json.loads(line))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with open(FOLDER + "/receiver.port.new", "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.rename(FOLDER + "/receiver.port.new", FOLDER + "/receiver.port")
    server.serve_forever()


main()
