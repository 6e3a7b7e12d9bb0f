#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""hook.py NAME [CERTIFICATE KEY]: a receiver of events on 127.0.0.1, with TLS if it has a certificate; its port goes into
NAME.port. Each request is a line of JSON in NAME.got. The file NAME.mode says what it does: a status, "hang", "drip",
"redirect", "close" (without an answer) or "half" (within it); without the file it answers 204."""
import http.server
import json
import os
import ssl
import sys
import time

NAME = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def mode(self):
        try:
            with open(NAME + ".mode", encoding="ascii") as file:
                return file.read().strip()
        except FileNotFoundError:
            return "204"

    def do_GET(self):
        self.note()
        self.answer(200)

    def do_POST(self):
        self.note()
        mode = self.mode()
        if mode == "hang":
            time.sleep(30)
        elif mode == "drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(300):
                self.wfile.write(b"x")
                time.sleep(0.1)
        elif mode in ("close", "half"):
            if mode == "half":
                self.wfile.write(b"HTTP/1.1 204 No Con")
            self.close_connection = True
        elif mode == "redirect":
            self.answer(307, f"http://{self.headers['Host']}/elsewhere")
        else:
            self.answer(int(mode))

    def answer(self, status, location=None):
        self.send_response(status)
        if location is not None:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def note(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        with open(NAME + ".got", "a", encoding="utf-8") as file:
            file.write(json.dumps({"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body,
                                   "mode": self.mode(), "port": self.client_address[1]}) + "\n")


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that did not trust it, or had no patience


def main():
    server = Server(("127.0.0.1", int(os.environ.get("HOOK_PORT", "0"))), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with open(NAME + ".port.new", "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.rename(NAME + ".port.new", NAME + ".port")
    server.serve_forever()


main()
