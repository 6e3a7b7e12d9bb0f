#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/openapi.yaml as tests use it: its routes, its examples, and whether an answer is one of its answers.

openapi.py routes|examples|problems         the routes as print_routes prints them; examples against their schemas;
                                            no code without a route, no $ref to nowhere
openapi.py answer METHOD PATH STATUS TYPE   the body on standard input against the schema of that answer
"""
import json
import os
import sys

import jsonschema
import yaml

with open(os.path.join(os.environ["top_srcdir"], "docs/openapi.yaml"), encoding="utf-8") as file:
    PAGE = yaml.safe_load(file)
METHODS = ("get", "post", "put", "patch", "delete")


def look(node):
    """The node that a $ref names, or the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        target = PAGE
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def operations():
    for path, item in PAGE["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def check(schema, value, where):
    validator = jsonschema.Draft202012Validator({**schema, "components": PAGE["components"]})
    problems = [f"{where}: {error.json_path}: {error.message}" for error in validator.iter_errors(value)]
    if problems:
        sys.exit("\n".join(problems))


def contents(operation):
    """Each (where, content) of an operation."""
    if "requestBody" in operation:
        yield "body", operation["requestBody"]["content"]
    for status, response in operation["responses"].items():
        yield status, look(response)["content"]


def routes():
    for method, path, operation in operations():
        print(method, path, operation.get("requestBody", {}).get("x-body-max", 0))


def examples():
    count = 0
    for method, path, operation in operations():
        for where, content in contents(operation):
            for kind, media in content.items():
                for name, example in media.get("examples", {}).items():
                    check(media["schema"], example["value"], f"{method} {path} {where} {kind} {name}")
                    count += 1
    print(count)


def walk(node):
    if isinstance(node, dict):
        if "$ref" in node:
            look(node)
        for value in node.values():
            walk(value)
    elif isinstance(node, list):
        for value in node:
            walk(value)


def problems():
    walk(PAGE)
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    for method, path, operation in operations():
        signed = bool(operation["security"])
        assert signed == ("x-namespace" in operation), (method, path)
        assert not signed or "401" in operation["responses"], (method, path)
        assert ("{id}" in path) == ("parameters" in PAGE["paths"][path]), path
    print("\n".join(sorted(PAGE["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])))


def answer(method, path, status, kind):
    found = [operation for its, pattern, operation in operations() if (its, pattern) == (method, path)]
    responses = found[0]["responses"]
    content = look(responses.get(status, responses["default"]))["content"]
    media = content[kind.partition(";")[0]]
    body = sys.stdin.buffer.read().decode(errors="strict" if kind != "application/cbor" else "replace")
    where = f"{method} {path} {status}"
    if "x-line-schema" in media:
        for line in body.splitlines():
            check(media["x-line-schema"], json.loads(line), where)
    else:
        check(media["schema"], json.loads(body) if "json" in kind else body, where)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
