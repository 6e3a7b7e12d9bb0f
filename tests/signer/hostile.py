#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""hostile.py CHECK [ARGUMENT]…: one of the functions below, against the service of the folder it is run in."""
import json
import os
import random
import resource
import shutil
import signal
import socket
import ssl
import sys
import threading
import time

import calls
from calls import Key, Service, ask

alice, bob, dave = Key("alice"), Key("bob"), Key("dave")
service = Service()


def wait_until(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come to be"
        time.sleep(0.05)


def request(**changes):
    answer = service.request(alice, ask(alice, **changes))
    assert answer.status == 201, answer.body
    return answer.json["id"]


def crowd():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 12500 if hard == resource.RLIM_INFINITY else min(hard, 12500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    idle = [calls.open_socket("socket") for _ in range(files - 2500)]  # 10,000, where a process may have so many files
    assert len(idle) >= 1000, "a process must be allowed 3,500 files here: raise ulimit -Hn"
    slow = [calls.open_socket("socket") for _ in range(100)]
    texts = [b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 400,
             b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\n" + b" " * 400]
    calls.open_socket("socket").close()  # all are in
    wait_until(lambda: service.send("GET", "/healthz").status == 200)
    longest = 0
    for at in range(30):
        for number, each in enumerate(slow):
            each.send(texts[number % 2][at:at + 1])
        began = time.monotonic()
        request()
        assert service.send("GET", "/healthz").status == 200
        longest = max(longest, time.monotonic() - began)
    assert longest < 10, longest  # who waits for the crowd waits for ever
    for each in idle + slow:
        each.close()
    request()


def say(data, path="socket"):
    """Sends this, and reads until the other side ends it or nothing comes."""
    answer = b""
    with calls.open_socket(path, 2) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            while True:
                more = sock.recv(65536)
                if not more:
                    break
                answer += more
        except OSError:
            pass
    return answer


def garbage():
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
    for data in (b"\0", b"\r\n\r\n", b"GET\r\n\r\n", b"\xff" * 5000, b"GET /healthz\0x HTTP/1.1\r\nHost: x\r\n\r\n",
                 b"GET  /healthz HTTP/9.9\r\n\r\n", head + b"Host: y\r\n\r\n", head + b"Content-Length: -1\r\n\r\n",
                 head + b"Content-Length: 99999999999999999999\r\n\r\n",
                 head + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
                 head + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\nx",
                 b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
                 b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n\r\nshort",
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", head + b"X: " + b"x" * 17000 + b"\r\n\r\n",
                 head + b"X: y\r\n" * 3000 + b"\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
        answer = say(data)
        assert not answer.startswith(b"HTTP/1.1 2"), (data[:80], answer[:200])
    chance = random.Random(1)
    good = head + b"Authorization: SSHSIG 1.2.3\r\nContent-Length: 3\r\n\r\nabc"
    for _ in range(200):
        data = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        say(bytes(data))
    request()


def tls(pid, port):
    def fingerprint():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as plain:
            with context.wrap_socket(plain) as sock:
                sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                assert sock.recv(4096).startswith(b"HTTP/1.1 200")
                return ssl.DER_cert_to_PEM_cert(sock.getpeercert(True)).split()

    def of(name):
        with open(name, encoding="ascii") as file:
            return file.read().split()

    def install(certificate, key):
        shutil.copy(certificate, "tls.pem")
        shutil.copy(key, "tls.key")
        os.kill(int(pid), signal.SIGHUP)

    chance = random.Random(2)
    for number in range(60):
        with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as sock:
            data = [b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\xff\xff" + chance.randbytes(2000),
                    chance.randbytes(500), b"\x16\x03\x01\x00\x05\x01\xff\xff\xff\x03", b""][number % 5]
            try:
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
                answer = sock.recv(4096)
            except OSError:
                answer = b""
            assert not answer.startswith(b"HTTP"), answer
    first, second = of("first.pem"), of("second.pem")
    assert fingerprint() == first
    install("first.pem", "second.key")  # they do not belong together
    time.sleep(0.3)
    assert fingerprint() == first
    install("signer.conf", "first.key")
    time.sleep(0.3)
    assert fingerprint() == first
    install("second.pem", "second.key")
    wait_until(lambda: fingerprint() == second)


def reload(pid):
    def hang_up(**files):
        for name, text in files.items():
            with open(name.replace("_", "."), "w", encoding="utf-8") as file:
                file.write(text)
        os.kill(int(pid), signal.SIGHUP)

    with open("trusted", encoding="utf-8") as file:
        trusted = file.read()
    with open("signer.conf", encoding="utf-8") as file:
        conf = file.read()
    said = lambda: os.path.getsize("socket.log")
    for files in ({"trusted": trusted + "nonsense\n"}, {"trusted": ""}, {"trusted": trusted, "signer_conf": conf + "x = y\n"},
                  {"signer_conf": ""}, {"signer_conf": conf.replace("approvals = sre:1\n", "approvals = nobody:1\n")}):
        before = said()
        hang_up(**files)
        wait_until(lambda: said() > before)
        request()
    os.chmod("trusted", 0o666)
    before = said()
    hang_up(signer_conf=conf)
    wait_until(lambda: said() > before)
    request()
    os.remove("trusted")
    before = said()
    hang_up()
    wait_until(lambda: said() > before)
    name = request()
    hang_up(trusted="".join(line + "\n" for line in trusted.splitlines() if not line.startswith("alice@")))
    wait_until(lambda: service.read(alice, "/v1/requests").status == 401)
    assert service.read(alice, f"/v1/requests/{name}").code == "unknown-key"
    assert service.deny(dave, name).status == 200
    hang_up(trusted=trusted, signer_conf=conf.replace("logins = ops", "logins = deploy"))
    wait_until(lambda: service.read(alice, "/v1/requests").status == 200)
    answer = service.request(alice, ask(alice))
    assert answer.status == 403 and answer.code == "refused-by-rules", answer.body


def terminate(pid):
    names = [request() for _ in range(3)]
    told = []

    def watch(name):
        try:
            told.append(service.read(alice, f"/v1/requests/{name}?wait=30").status)
        except OSError as error:
            told.append(error)

    threads = [threading.Thread(target=watch, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    idle = [calls.open_socket("socket") for _ in range(20)]
    time.sleep(1)
    began = time.monotonic()
    os.kill(int(pid), signal.SIGTERM)
    for thread in threads:
        thread.join()
    assert set(told) <= {200, 503}, told

    def is_gone():
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                return file.read().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    wait_until(is_gone, 5)
    assert time.monotonic() - began < 5
    assert idle


def full(disk):
    health = lambda: service.send("GET", "/healthz")
    body = json.dumps(ask(alice, hosts=["db-1"])).encode()

    def goes_wrong():
        """A call under a key of its own, as often as it takes until it is refused; that key."""
        for number in range(3000):
            key = os.urandom(8).hex()
            answer = service.request(alice, body, idempotency=key)
            if answer.status != 201:
                assert answer.status == 503 and answer.code == "unavailable", (number, answer.body)
                return key
        raise AssertionError("it takes all")

    def is_well_again(key):
        wait_until(lambda: health().status == 200)  # though nobody asks for anything
        answer = service.request(alice, body, idempotency=key)
        assert answer.status == 201, answer.body
        again = service.request(alice, body, idempotency=key)
        assert again.body == answer.body
        entries = service.entries(bob)
        assert sum(entry["kind"] == "request" and entry["call"]["idempotency_key"] == key for entry in entries) == 1
        assert sum(entry["kind"] == "issue" and entry["request"] == answer.json["id"] for entry in entries) == 1

    name = request(hosts=["db-1"])
    filler = os.path.join(disk, "filler")
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    key = goes_wrong()
    assert health().status == 503 and health().code == "unavailable"
    assert service.read(alice, f"/v1/requests/{name}/token").status == 200  # reading goes on
    assert service.request(alice, body).status == 503
    os.remove(filler)
    is_well_again(key)


globals()[sys.argv[1]](*sys.argv[2:])
