#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""worker.py events COUNT [FIRST [SIZE]]: lines of events e1, e2 …, of about SIZE bytes.
worker.py feed COUNT PROGRAM: hands a worker COUNT events with at most 64 under way, as an agent does, and starts it anew after a
failure until all were taken; prints "taken COUNT, failed COUNT, N/s, median MS ms".
worker.py verify PUBLIC FILE: each request that hook.py noted is signed with that key; by openssl."""
import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

WINDOW = 64


def event(number, size=900):
    document = {"specversion": "1.0", "id": f"e{number}", "source": "urn:breakglass:host:web-17",
                "type": "breakglass.taint.opened", "subject": "web-17", "time": "2026-01-01T00:00:00Z",
                "datacontenttype": "application/json", "data": {"host": {"id": "web-17"}, "number": number, "fill": ""}}
    short = len(json.dumps(document)) + 1
    document["data"]["fill"] = "x" * max(0, size - short)
    return json.dumps(document).encode() + b"\n"


class Feeding:
    """One run of a worker."""

    def __init__(self, program, events, first):
        self.worker = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.events, self.next, self.last, self.answered = events, first, len(events), first
        self.begun, self.times, self.rest, self.reason = {}, [], b"", None

    def hand(self):
        while self.next <= self.last and self.next - self.answered < WINDOW:
            self.begun[self.next] = time.monotonic()
            self.worker.stdin.write(self.events[self.next - 1])
            self.next += 1

    def take(self):
        got = os.read(self.worker.stdout.fileno(), 65536)
        *lines, self.rest = (self.rest + got).split(b"\n")
        for line in lines:
            if line == b"ok" and self.reason is None:
                self.times.append(time.monotonic() - self.begun.pop(self.answered))
                self.answered += 1
            else:
                assert line.startswith(b"failed "), line
                self.reason = self.reason or line.decode()
        return bool(got)

    def run(self):
        try:
            self.hand()
            while self.answered <= self.last and self.take():
                if self.reason is None:
                    self.hand()
            self.worker.stdin.close()
        except BrokenPipeError:
            while self.take():
                pass
        return self.worker.wait(15)


def feed(count, program):
    made = [event(number) for number in range(1, int(count) + 1)]
    first, failed, times, begin = 1, 0, [], time.monotonic()
    while first <= int(count):
        feeding = Feeding(program, made, first)
        code = feeding.run()
        times += feeding.times
        if feeding.answered <= int(count):
            assert code == 1, code
            print(feeding.reason, file=sys.stderr)
            failed += 1
            time.sleep(0.2)
        else:
            assert code == 0, code
        first = feeding.answered
    took = time.monotonic() - begin
    print(f"taken {len(times)}, failed {failed}, {len(times) / took:.0f}/s, median {statistics.median(times) * 1000:.2f} ms")


def verify(public, path):
    raw = base64.b64decode(public.removeprefix("whpk_"))
    assert len(raw) == 32
    with tempfile.TemporaryDirectory() as folder, open(path, encoding="utf-8") as file:
        def put(name, content):
            with open(os.path.join(folder, name), "wb") as out:
                out.write(content)
            return os.path.join(folder, name)
        key = put("key", bytes.fromhex("302a300506032b6570032100") + raw) # SubjectPublicKeyInfo of Ed25519
        for note in map(json.loads, file):
            headers = {name.lower(): value for name, value in note["headers"].items()}
            assert headers["webhook-id"] == json.loads(note["body"])["id"]
            assert abs(int(headers["webhook-timestamp"]) - time.time()) < 120
            kind, signature = headers["webhook-signature"].split(",")
            assert kind == "v1a"
            message = put("message", f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{note['body']}".encode())
            subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-keyform", "DER", "-rawin", "-in",
                            message, "-sigfile", put("signature", base64.b64decode(signature))],
                           check=True, stdout=subprocess.DEVNULL)


def events(count, first="1", size="900"):
    for number in range(int(first), int(first) + int(count)):
        sys.stdout.buffer.write(event(number, int(size)))


def main():
    {"events": events, "feed": feed, "verify": verify}[sys.argv[1]](*sys.argv[2:])


main()
