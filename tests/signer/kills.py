#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""kills.py KILLS CONF SOCKET [CONF SOCKET]…: services that are killed at random while people ask, approve and collect;
then what they were told is compared with what is on record."""
import collections
import hashlib
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time

import calls
from calls import Key, Service, ask

CLIENTS = 4
alice, bob = Key("alice"), Key("bob")


class Process:
    """A service that can be killed, and started again."""

    def __init__(self, conf, path):
        self.conf, self.path, self.process = conf, path, None
        self.service = Service(path, timeout=20)

    def start(self):
        with open("service.log", "ab") as log:
            self.process = subprocess.Popen(
                [os.environ["top_builddir"] + "/signer/breakglass-signer", "serve", "--config", self.conf], stderr=log)
        for _ in range(600):
            try:
                calls.open_socket(self.path).close()
                return
            except OSError:
                assert self.process.poll() is None, "the service does not start"
                time.sleep(0.01)
        raise AssertionError("the service does not listen")

    def kill(self):
        self.process.kill()
        self.process.wait()


class Client(threading.Thread):
    """Asks again, with the same idempotency key, until it is answered."""

    def __init__(self, processes, stopping):
        super().__init__(daemon=True)
        self.processes, self.stopping = processes, stopping
        self.asked, self.tokens, self.retries, self.failure = {}, {}, 0, None

    def until_answered(self, call):
        for _ in range(5000):
            try:
                answer = call(random.choice(self.processes).service)
                if answer.status != 503:
                    return answer
            except (OSError, http.client.HTTPException):
                pass
            self.retries += 1
            time.sleep(0.01)
        raise AssertionError("nobody answers any more")

    def approve(self, name):
        draft = self.until_answered(lambda service: service.read(bob, f"/v1/requests/{name}/draft"))
        body = bob.approval(calls.unb64url(draft.json["payload"]))
        answer = self.until_answered(lambda service: service.send("POST", f"/v1/requests/{name}/approvals", body))
        assert answer.status in (200, 409), answer.body  # 409: taken before, but the answer was lost

    def go(self):
        key = os.urandom(8).hex()
        waits = random.random() < 0.5
        body = json.dumps(ask(alice, hosts=["soon-1" if waits else "db-1"])).encode()
        answer = self.until_answered(lambda service: service.request(alice, body, idempotency=key))
        assert answer.status == 201, answer.body
        name = answer.json["id"]
        self.asked[key] = name
        if waits:
            self.approve(name)
        answer = self.until_answered(lambda service: service.read(alice, f"/v1/requests/{name}/token"))
        assert answer.status == 200, answer.body
        self.tokens[name] = answer.json["token"]
        if random.random() < 0.2:  # a lost answer's repetition
            again = self.until_answered(lambda service: service.request(alice, body, idempotency=key))
            assert again.status == 201 and again.json["id"] == name, again.body

    def run(self):
        try:
            while not self.stopping.is_set():
                self.go()
        except BaseException as error:
            self.failure = error


def list_requests(service):
    rows, after = [], ""
    while after is not None:
        page = service.read(bob, "/v1/requests?limit=100" + after)
        assert page.status == 200, page.body
        rows += page.json["requests"]
        after = page.json["next"] and "&after=" + page.json["next"]
    return {row["id"]: row for row in rows}, len(rows)


def compare(service, clients):
    entries = service.entries(bob)
    rows, count = list_requests(service)
    assert count == len(rows)
    of_kind = collections.defaultdict(list)
    for entry in entries:
        of_kind[entry["kind"]].append(entry)
    asked, issued = of_kind["request"], of_kind["issue"]
    assert sorted(entry["request"] for entry in asked) == sorted(rows)  # neither lacks the other, none twice
    assert sorted(entry["request"] for entry in issued) == sorted(
        name for name, row in rows.items() if row["state"] == "issued")
    keys = collections.Counter(entry["call"]["idempotency_key"] for entry in asked)
    assert set(keys.values()) <= {1}, keys.most_common(3)
    approvals = collections.Counter(entry["request"] for entry in of_kind["approval"])
    assert approvals == collections.Counter({name: len(row["approvals"]) for name, row in rows.items() if row["approvals"]})
    by_key = {entry["call"]["idempotency_key"]: entry["request"] for entry in asked}
    hashes = collections.Counter(entry["token_sha256"] for entry in issued)
    tokens = 0
    for client in clients:
        assert client.failure is None, repr(client.failure)
        for key, name in client.asked.items():
            assert by_key[key] == name
        for name, token in client.tokens.items():
            assert hashes[hashlib.sha256(token.encode()).hexdigest()] == 1, name
            tokens += 1
    assert tokens > 0
    name, token = next(iter(clients[0].tokens.items()))
    assert service.read(alice, f"/v1/requests/{name}/token").json["token"] == token
    return len(entries), tokens


def main():
    kills = int(sys.argv[1])
    processes = [Process(*pair) for pair in zip(sys.argv[2::2], sys.argv[3::2])]
    stopping = threading.Event()
    clients = [Client(processes, stopping) for _ in range(CLIENTS)]
    try:
        for process in processes:
            process.start()
        for client in clients:
            client.start()
        for _ in range(kills):
            time.sleep(random.random() * 0.15)
            victim = random.choice(processes)
            victim.kill()
            victim.start()
            assert all(client.failure is None for client in clients), [repr(client.failure) for client in clients]
        stopping.set()
        for client in clients:
            client.join()
        for process in processes:
            found = compare(process.service, clients)
        print(f"{kills} kills, {sum(client.retries for client in clients)} calls repeated, {found[0]} entries, "
              f"{found[1]} tokens")
    finally:
        for process in processes:
            if process.process is not None:
                process.kill()


main()
