#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""refusals.py CHECK: one of the functions below, against the service of the folder it is run in."""
import json
import os
import sys
import threading
import time

import calls
from calls import Key, Service, ask, signed

alice, bob, carol, dave, frank, mallory, issuer = (
    Key(name) for name in ("alice", "bob", "carol", "dave", "frank", "mallory", "issuer"))
service = Service()


def expect(answer, status, code=None):
    assert answer.status == status, (answer.status, answer.body)
    if code is not None:
        assert answer.code == code, answer.body
    return answer


def new_request(key=alice, **changes):
    return expect(service.request(key, ask(key, **changes)), 201).json


def count(kind, name):
    return sum(entry["kind"] == kind and entry["request"] == name for entry in service.entries(bob))


def approvers():
    name = new_request(bob)["id"]
    expect(service.approve(bob, name), 403, "not-allowed")  # one's own
    expect(service.approve(frank, name), 403, "not-allowed")
    expect(service.deny(frank, name), 403, "not-allowed")
    view = expect(service.approve(carol, name), 200).json
    assert view["state"] == "waiting" and [each["by"] for each in view["approvals"]] == ["carol@example.com"]
    view = expect(service.approve(carol, name), 200).json  # again: stays one
    assert view["state"] == "waiting" and len(view["approvals"]) == 1, view
    assert count("approval", name) == 1
    expect(service.approve(issuer, name), 401, "unknown-key")  # the issuer is no approver
    expect(service.approve(alice, name, reader=carol), 401, "unknown-key")  # nor is a requester
    expect(service.approve(mallory, name, reader=carol), 401, "unknown-key")
    other = new_request(bob)["id"]
    draft = expect(service.read(dave, f"/v1/requests/{other}/draft"), 200).json
    body = dave.approval(calls.unb64url(draft["payload"]))
    expect(service.send("POST", f"/v1/requests/{name}/approvals", body), 401, "bad-signature")
    for broken in (b"{}", b"[]", b'{"key":"x","signature":"y"}', b'{"key":1,"signature":2}', body[:-1] + b',"more":1}',
                   json.dumps({"key": dave.line, "signature": "AA"}).encode()):
        answer = service.send("POST", f"/v1/requests/{name}/approvals", broken)
        assert answer.status in (400, 401) and answer.code in ("bad-request", "bad-signature"), answer.body
    assert expect(service.approve(dave, name), 200).json["state"] == "issued"
    expect(service.approve(dave, name), 409, "conflict")
    expect(service.deny(dave, name), 409, "conflict")
    assert count("issue", name) == 1
    apart = new_request(bob, holder=mallory.line)["id"]  # another key of theirs makes it no other person's
    expect(service.approve(bob, apart), 403, "not-allowed")
    expect(service.deny(dave, other), 200)
    expect(service.approve(carol, other), 409, "conflict")
    for reason in ("", "x" * 201, "a\nb", 7, None):
        waiting = new_request()["id"]
        expect(service.deny(dave, waiting, reason), 400, "bad-request")
    expect(service.deny(alice, waiting), 401, "unknown-key")  # no approver
    expect(service.deny(dave, "0" * 32), 404, "not-found")


def holder():
    expect(service.request(alice, ask(bob)), 403, "not-allowed")
    expect(service.request(alice, ask(frank)), 403, "not-allowed")
    expect(service.request(alice, ask(issuer)), 403, "not-allowed")
    expect(service.request(alice, ask(mallory)), 201)  # a key that nobody has here


def hardware():
    """A security key asks and approves, but not untouched."""
    erin = calls.HardwareKey("erin")
    untouched = calls.HardwareKey("erin", flags=4)
    expect(service.read(untouched, "/v1/requests"), 401, "bad-signature")
    expect(service.request(untouched, ask(mallory)), 401, "bad-signature")
    mine = new_request(erin)["id"]
    name = new_request(alice)["id"]
    assert expect(service.approve(erin, name), 200).json["state"] == "waiting"  # of two groups, counted for one
    expect(service.approve(untouched, mine, reader=bob), 401, "bad-signature")
    other = calls.HardwareKey("erin", application=b"ssh:other")
    expect(service.read(other, "/v1/requests"), 401, "unknown-key")
    view = expect(service.approve(carol, name), 200).json
    assert view["state"] == "issued", view
    expect(service.read(alice, f"/v1/requests/{name}/token"), 200)


def privacy():
    mine = new_request(alice)["id"]
    theirs = new_request(carol)["id"]  # an approver, too
    hers = expect(service.request(alice, ask(alice, hosts=["db-1"])), 201).json["id"]
    for target in ("", "/draft", "/token", "?wait=1"):
        expect(service.read(alice, f"/v1/requests/{theirs}{target}"), 404, "not-found")
    seen = expect(service.read(alice, "/v1/requests?limit=100"), 200).json["requests"]
    assert {each["subject"] for each in seen} == {"alice@example.com"}
    assert mine in [each["id"] for each in seen]
    seen = expect(service.read(bob, "/v1/requests?limit=100"), 200).json["requests"]
    assert {mine, theirs} <= {each["id"] for each in seen}
    expect(service.read(bob, f"/v1/requests/{hers}/token"), 403, "not-allowed")
    expect(service.read(issuer, f"/v1/requests/{hers}/token"), 403, "not-allowed")
    token = expect(service.read(alice, f"/v1/requests/{hers}/token"), 200).json
    assert token["token"].startswith("bg1_")
    expect(service.read(alice, f"/v1/requests/{mine}/token"), 409, "not-issued")
    for target in ("entries", "checkpoint"):
        expect(service.read(alice, f"/v1/ledger/{target}"), 403, "not-allowed")
        expect(service.read(frank, f"/v1/ledger/{target}"), 200)
    text = service.read(bob, "/v1/ledger/entries?limit=1000").body.decode()
    assert token["token"] not in text and token["certificate"] not in text


def strangers():
    name = new_request(alice)["id"]
    private = ["/v1/requests", f"/v1/requests/{name}", f"/v1/requests/{name}/draft", f"/v1/requests/{name}/token",
               f"/v1/requests/{name}?wait=1", "/v1/ledger/entries", "/v1/ledger/checkpoint"]
    answers = set()
    for target in private:
        expect(service.send("GET", target), 401, "unsigned")
        expect(service.send("GET", target, headers={"Authorization": "Basic YTpi"}), 401, "unsigned")
        expect(service.send("GET", target, headers={"Authorization": "SSHSIG nonsense"}), 401, "bad-signature")
        answer = expect(service.read(mallory, target), 401, "unknown-key")
        answers.add(answer.body)
        assert "detail" not in answer.json or answer.json["detail"] is None, answer.body
    assert len(answers) == 1  # whether a request is there makes no difference
    answers = {service.read(mallory, f"/v1/requests/{each}").body for each in (name, "0" * 32)}
    assert len(answers) == 1, answers
    expect(service.request(mallory, ask(mallory)), 401, "unknown-key")
    expect(service.request(dave, ask(dave)), 401, "unknown-key")  # no requester
    expect(service.request(issuer, ask(mallory)), 401, "unknown-key")
    expect(service.deny(mallory, name), 401, "unknown-key")
    # Approvals carry no call: neither does a stranger's tell whether a request is there.
    answers = {service.send("POST", f"/v1/requests/{each}/approvals", mallory.approval(b"\xa0")).body
               for each in (name, "0" * 32)}
    assert len(answers) == 1, answers
    # An approver's public key is no secret: without the signature it tells nothing of a request's state.
    done = new_request(alice)["id"]
    expect(service.deny(dave, done), 200)
    forged = json.dumps({"key": dave.line, "signature": calls.b64url(bytes(64))}).encode()
    expect(service.send("POST", f"/v1/requests/{done}/approvals", forged), 401, "bad-signature")
    for target in ("/v1/keys", "/healthz", "/metrics"):
        text = expect(service.send("GET", target), 200).body.decode()
        assert "example.com" not in text and name not in text, text
    keys = service.send("GET", "/v1/keys").json
    assert keys == {"issuer": calls.ISSUER, "keys": [issuer.line], "ca": [Key("ca").line]}, keys


def replays():
    target = "/v1/requests"
    headers = signed(alice, "breakglass-read", "GET", target)
    expect(service.send("GET", target, headers=headers), 200)
    expect(service.send("GET", target, headers=headers), 401, "replayed")
    body = json.dumps(ask(alice)).encode()
    headers = signed(alice, "breakglass-request", "POST", target, body)
    name = expect(service.send("POST", target, body, headers), 201).json["id"]
    expect(service.send("POST", target, body, headers), 401, "replayed")
    headers = signed(alice, "breakglass-request", "POST", target, body, idempotency="again-1")
    expect(service.send("POST", target, body, headers), 201)
    expect(service.send("POST", target, body, headers), 401, "replayed")
    target = f"/v1/requests/{name}/denials"
    body = b'{"reason":"no"}'
    headers = signed(dave, "breakglass-deny", "POST", target, body)
    expect(service.send("POST", target, body, headers), 200)
    expect(service.send("POST", target, body, headers), 401, "replayed")
    # At the same moment, from many: one goes through.
    body = json.dumps(ask(alice)).encode()
    for method, target, body, namespace, good in (("POST", "/v1/requests", body, "breakglass-request", 201),
                                                  ("GET", "/v1/requests", b"", "breakglass-read", 200)):
        headers = signed(alice, namespace, method, target, body)
        seen = []
        threads = [threading.Thread(target=lambda: seen.append(service.send(method, target, body, headers).status))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == [good] + [401] * 7, seen


def clocks():
    now = int(time.time())
    for off in (-180, 180, -125, 125, 1 << 31, -now):
        answer = expect(service.read(alice, "/v1/requests", when=now + off), 401, "wrong-time")
        assert answer.headers["Date"]
        expect(service.request(alice, ask(alice), when=now + off), 401, "wrong-time")
    for off in (-115, 115):
        expect(service.read(alice, "/v1/requests", when=now + off), 200)
    for when in ("-1", "1e9", " 1", "01", "", "9" * 30):
        expect(service.read(alice, "/v1/requests", when=when), 401, "bad-signature")


def changes():
    target = "/v1/requests"
    body = json.dumps(ask(alice)).encode()
    wish = lambda **options: signed(alice, "breakglass-request", "POST", target, body, **options)
    bad = lambda answer: expect(answer, 401, "bad-signature")
    bad(service.send("POST", target, body.replace(b"1800", b"1799"), wish()))
    bad(service.send("POST", target + "?a=b", body, wish()))
    bad(service.send("POST", target, body, wish() | {"Idempotency-Key": "other"}))
    bad(service.send("POST", target, body, wish(idempotency="one") | {"Idempotency-Key": "two"}))
    headers = wish(idempotency="one")
    del headers["Idempotency-Key"]
    bad(service.send("POST", target, body, headers))
    bad(service.send("POST", target, body, wish(issuer="other.example")))
    for namespace in ("breakglass-read", "breakglass-deny", "breakglass-revoke", "breakglass-approver", "file", ""):
        bad(service.send("POST", target, body, signed(alice, namespace, "POST", target, body)))
    read = lambda method="GET", to=target, namespace="breakglass-read": signed(alice, namespace, method, to)
    bad(service.send("GET", target, headers=read(method="POST")))
    bad(service.send("GET", target + "?limit=5", headers=read()))
    bad(service.send("GET", target, headers=read(namespace="breakglass-request")))
    headers = read()["Authorization"]
    when, nonce, blob = headers.split(" ")[1].split(".")
    for broken in (f"SSHSIG {when}.{nonce[:-1]}{'0' if nonce[-1] != '0' else '1'}.{blob}",
                   f"SSHSIG {int(when) + 1}.{nonce}.{blob}", f"SSHSIG {when}.{nonce.upper()}.{blob[:-4]}",
                   f"SSHSIG {when}.{nonce}.{blob[:100]}", f"SSHSIG {when}.{nonce}.", f"SSHSIG {when}.{nonce}"):
        bad(service.send("GET", target, headers={"Authorization": broken}))
    for key in ("a b", "x" * 65, "ä", "a/b"):
        answer = service.request(alice, body, idempotency=key) if key != "ä" else service.send(
            "POST", target, body, wish() | {"Idempotency-Key": "\xe4"})
        assert answer.status in (400, 401), answer.body
        assert answer.code in ("bad-request", "bad-signature")


def idempotency():
    wish = ask(alice)
    first = expect(service.request(alice, wish, idempotency="key-1"), 201)
    again = expect(service.request(alice, wish, idempotency="key-1"), 201)
    assert first.body == again.body
    assert count("request", first.json["id"]) == 1
    expect(service.request(alice, ask(alice, reason="INC-2"), idempotency="key-1"), 409, "conflict")
    other = expect(service.request(carol, ask(carol), idempotency="key-1"), 201)  # another person's is another key
    assert other.json["id"] != first.json["id"]
    once = expect(service.request(alice, ask(alice, hosts=["db-1"]), idempotency="key-2"), 201)
    expect(service.request(alice, ask(alice, hosts=["db-1"]), idempotency="key-2"), 201)
    assert count("issue", once.json["id"]) == 1
    # The same body for another request is not the same call.
    a, b = new_request()["id"], new_request()["id"]
    assert expect(service.deny(dave, a, idempotency="key-3"), 200).json["state"] == "denied"
    assert expect(service.deny(dave, a, idempotency="key-3"), 200).json["id"] == a
    expect(service.deny(dave, b, idempotency="key-3"), 409, "conflict")
    assert count("denial", a) == 1 and count("denial", b) == 0
    # What was refused is not kept: it may be right the next time.
    expect(service.request(alice, ask(bob), idempotency="key-4"), 403, "not-allowed")
    expect(service.request(alice, ask(alice), idempotency="key-4"), 201)
    # At once: whichever comes first is written down, in whatever batch the others come.
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(service.request(alice, wish, idempotency="key-5")))
               for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 24 and len({expect(answer, 201).body for answer in answers}) == 1
    assert count("request", answers[0].json["id"]) == 1


def watching():
    name = new_request()["id"]
    began = time.monotonic()
    answer = expect(service.read(alice, f"/v1/requests/{name}?wait=2"), 200)
    took = time.monotonic() - began
    assert answer.json["state"] == "waiting" and 1 <= took < 6, took
    told = []
    threads = [threading.Thread(target=lambda: told.append(service.read(alice, f"/v1/requests/{name}?wait=30").json))
               for _ in range(3)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    expect(service.approve(carol, name), 200)
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 10
    assert all(len(view["approvals"]) == 1 for view in told), told
    expect(service.deny(dave, name), 200)
    began = time.monotonic()
    expect(service.read(alice, f"/v1/requests/{name}?wait=30"), 200)  # nothing more will change
    assert time.monotonic() - began < 5
    for wait in ("31", "-1", "a", "1.5", "", "0x1"):
        expect(service.read(alice, f"/v1/requests/{name}?wait={wait}"), 400, "bad-request")
    expect(service.read(alice, f"/v1/requests/{'0' * 32}?wait=5"), 404, "not-found")


def pages():
    names = [new_request()["id"] for _ in range(5)]
    expect(service.deny(dave, names[1]), 200)
    found, after = [], ""
    while after is not None:
        page = expect(service.read(alice, "/v1/requests?limit=2" + (after and f"&after={after}")), 200).json
        assert len(page["requests"]) <= 2
        found += [each["id"] for each in page["requests"]]
        after = page["next"]
    assert found[:5] == names[::-1] and len(found) == len(set(found))
    denied = expect(service.read(alice, "/v1/requests?state=denied"), 200).json["requests"]
    assert names[1] in [each["id"] for each in denied] and {each["state"] for each in denied} == {"denied"}
    for query in ("limit=0", "limit=101", "limit=x", "state=open", "after=nobody", "limit=18446744073709551617"):
        answer = service.read(alice, "/v1/requests?" + query)
        assert (answer.status, answer.code) in ((400, "bad-request"), (404, "not-found")), (query, answer.body)
    for query in ("from=0", "from=-1", "limit=1001", "from=9223372036854775808"):
        expect(service.read(bob, "/v1/ledger/entries?" + query), 400, "bad-request")
    assert expect(service.read(bob, "/v1/ledger/entries?from=9223372036854775807"), 200).body == b""


def set_clock(offset):
    with open("clock.new", "w", encoding="ascii") as file:
        file.write(str(offset))
    os.rename("clock.new", "clock")


def expiry():
    late = new_request(hosts=["soon-1"], window=60)["id"]
    waits = new_request(hosts=["soon-1"])
    issued = expect(service.request(alice, ask(alice, hosts=["db-1"])), 201).json
    watched = []
    watcher = threading.Thread(
        target=lambda: watched.append(service.read(alice, f"/v1/requests/{waits['id']}?wait=30").json))
    watcher.start()
    draft = calls.unb64url(expect(service.read(bob, f"/v1/requests/{waits['id']}/draft"), 200).json["payload"])
    time.sleep(0.5)
    try:
        set_clock(30)
        # Fewer than 120 seconds of it would be left: it is not issued, and the approval not taken.
        expect(service.approve(bob, late), 409, "ask-again")
        assert count("approval", late) == 0 and count("issue", late) == 0
        set_clock(62)
        watcher.join()
        assert watched[0]["state"] == "expired", watched
        answer = service.send("POST", f"/v1/requests/{waits['id']}/approvals", bob.approval(draft))
        expect(answer, 409, "conflict")
        expect(service.deny(bob, waits["id"], when=int(time.time()) + 62), 409, "conflict")
        assert count("approval", waits["id"]) == 0 and count("issue", waits["id"]) == 0
        gone = expect(service.read(alice, "/v1/requests?state=expired"), 200).json["requests"]
        assert {late, waits["id"]} <= {each["id"] for each in gone}
        expect(service.read(alice, f"/v1/requests/{waits['id']}/token"), 409, "not-issued")
        assert service.read(alice, f"/v1/requests/{issued['id']}").json["state"] == "issued"
        ahead = issued["expires"] - int(time.time()) + 2
        set_clock(ahead)
        there = int(time.time()) + ahead
        assert service.read(alice, f"/v1/requests/{issued['id']}", when=there).json["state"] == "expired"
        expect(service.read(alice, f"/v1/requests/{issued['id']}"), 401, "wrong-time")
    finally:
        os.remove("clock")


def bodies():
    before = len(service.entries(bob))
    bad = lambda body: expect(service.request(alice, body), 400, "bad-request")
    good = json.dumps(ask(alice))
    bad(b"")
    bad(b"null")
    bad(b"[]")
    bad(b"[" * 4000 + b"]" * 4000)
    bad(b'{"a":' * 1300 + b"1" + b"}" * 1300)
    bad(good[:-1].encode() + b', "login": "root"}')
    bad(good.replace("INC-1", "INC-\xff").encode("latin-1"))
    bad(good.replace("INC-1", "INC-\xed\xa0\x80").encode("latin-1"))
    bad(good.replace("INC-1", "INC\\u0000").encode())
    bad(good.replace("INC-1", "INC\\ud800").encode())
    bad(good.encode() + b"\0")
    bad(good.replace("INC-1", "INC\0").encode())
    bad(good.encode() + good.encode())
    bad(b"\xef\xbb\xbf" + good.encode())
    for changes_ in ({"root": True}, {"window": 600.0}, {"window": 6e2}, {"window": "600"}, {"window": True}, {"window": 59},
                     {"window": -600}, {"window": 86401}, {"max": 2592001}, {"max": 0}, {"hosts": []}, {"hosts": "web-17"},
                     {"hosts": ["web-17"] * 9}, {"hosts": ["web-17", "web-17"]}, {"hosts": [1]}, {"group": "db"},
                     {"hosts": None}, {"login": None}, {"reason": ""}, {"reason": "x" * 201}, {"reason": "a\nb"},
                     {"holder": None}, {"holder": "ssh-ed25519 AAAA"}, {"for": "both"}, {"for": "console"},
                     {"level": "none"}, {"sources": ["192.0.2.0/33"]}, {"sources": []}, {"nonce": "00"},
                     {"nonce": "G" * 32}, {"reason": "\u202e"}):
        answer = service.request(alice, ask(alice, **changes_))
        assert answer.status == 400 and answer.code == "bad-request", (changes_, answer.status, answer.body)
    for number in ("1" * 400, "9223372036854775808", "-9223372036854775809", "1e999", "0600", "NaN", "Infinity"):
        bad(good.replace("600", number).encode())
    expect(service.request(alice, good.encode() + b" " * 100000), 413, "too-large")
    answer = service.request(alice, ask(alice, hosts=["web-18"]))
    expect(answer, 403, "refused-by-rules")
    expect(service.deny(dave, new_request()["id"], "x" * 4096), 413, "too-large")
    assert len(service.entries(bob)) == before + 1


def heads():
    assert service.send("GET", "/healthz", headers={"X-Long": "x" * 16384}).status in (413, 431)
    assert service.send("GET", "/healthz", headers={"Authorization": "SSHSIG " + "x" * 20000}).status in (413, 431)
    expect(service.send("GET", "/v1/requests?" + "a" * 600), 414, "too-large")
    expect(service.send("GET", "/v1/nothing"), 404, "not-found")
    expect(service.send("GET", "/v1/requests/../keys"), 404, "not-found")
    answer = expect(service.send("DELETE", "/v1/requests"), 405, "method-not-allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(",", " ").split())
    expect(service.send("POST", "/v1/keys"), 405, "method-not-allowed")
    assert service.send("HEAD", "/healthz").status == 200


globals()[sys.argv[1]]()
