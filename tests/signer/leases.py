#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""leases.py valid SCHEMA FILE: every line of FILE is an event of the schema.
leases.py hosts FILE: the hosts of its events in their order, a word each; of requests as hook.py notes them, too.
leases.py ids FILE: likewise, their ids.
leases.py signed SECRET FILE: each request that was noted is signed as Standard Webhooks has it.
leases.py issue COUNT [SOCKET]: alice asks for db-1 and db-2 so many times, at once issued; says the longest time it took."""
import base64
import hashlib
import hmac
import json
import sys
import time


def events(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            document = json.loads(line)
            yield json.loads(document["body"]) if "body" in document else document


def valid(schema, path):
    import jsonschema
    with open(schema, encoding="utf-8") as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    validator.check_schema(validator.schema)
    seen = 0
    for event in events(path):
        validator.validate(event)
        seen += 1
    assert seen > 0, "no events"


def signed(secret, path):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    with open(path, encoding="utf-8") as file:
        for note in map(json.loads, file):
            headers = {name.lower(): value for name, value in note["headers"].items()}
            assert headers["webhook-id"] == json.loads(note["body"])["id"]
            assert abs(int(headers["webhook-timestamp"]) - time.time()) < 120
            message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{note['body']}".encode()
            mac = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
            assert headers["webhook-signature"] == "v1," + mac, headers


def issue(count, path="socket"):
    import calls
    alice, longest = calls.Key("alice"), 0
    for number in range(int(count)):
        begin = time.monotonic()
        answer = calls.Service(path).request(alice, calls.ask(alice, hosts=["db-1", "db-2"], reason=f"INC-{number}"))
        assert answer.status == 201 and answer.json["state"] == "issued", answer.body
        longest = max(longest, time.monotonic() - begin)
    print(f"{longest:.3f}")


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "hosts":
        print(*(event["data"]["host"]["id"] for event in events(*arguments)))
    elif what == "ids":
        print(*(event["id"] for event in events(*arguments)))
    else:
        {"valid": valid, "signed": signed, "issue": issue}[what](*arguments)


main()
