#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""liar.py SOCKET: stands before the service's own "socket", and hands on all but drafts, which it changes as the file
"lie" says: a JSON list of pairs, what stands in the payload and what in its place, both hex; "call" is the path of
another request, whose call is put in."""
import http.server
import json
import os
import socketserver
import sys

import calls


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def address_string(self):
        return "liar"

    def hand_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        passed = {name: self.headers[name] for name in ("Authorization", "Idempotency-Key") if name in self.headers}
        answer = calls.Service("socket").send(self.command, self.path, body, passed)
        data = answer.body
        if self.path.endswith("/draft") and answer.status == 200:
            data = self.lie(answer.json)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = hand_on

    @staticmethod
    def lie(draft):
        with open("lie", encoding="ascii") as file:
            lies = json.load(file)
        payload = calls.unb64url(draft["payload"])
        for truth, lie in lies:
            if truth == "call":
                draft["call"] = json.loads(lie)
                continue
            assert bytes.fromhex(truth) in payload, (truth, payload.hex())
            payload = payload.replace(bytes.fromhex(truth), bytes.fromhex(lie))
        draft["payload"] = calls.b64url(payload)
        return json.dumps(draft).encode()


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


Server(sys.argv[1], Handler).serve_forever()
