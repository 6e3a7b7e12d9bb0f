#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the test vectors beside this file, always the same bytes; with --check it only compares."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree may be read-only

from gen import (accepted, model, model_signers, refused_claims, refused_decision, refused_form,  # noqa: E402
                 refused_signatures, signers)

HERE = Path(__file__).resolve().parent
TOKEN_PARTS = (accepted, refused_form, refused_signatures, refused_claims, refused_decision)


def unique(names):
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        sys.exit(f"generate.py: names used twice: {', '.join(twice)}")


def check_files(files):
    """Holds the files against the model; returns the entries of the good ones by name."""
    unique(file.file for file in files)
    entries, wrong = {}, []
    for file in files:
        try:
            entries[file.file], found = model_signers.read(file.data), None
        except model_signers.Wrong as error:
            found = error.args[0]
        if found != file.line:
            wrong.append(f"{file.file}: first wrong line {file.line}, the model says {found}")
    return entries, wrong


def check_tokens(vectors, entries):
    unique(vector["name"] for vector in vectors)
    for vector in vectors:
        code = model.judge(vector, entries[vector["trusted"]])
        if code != vector["code"]:
            yield f"{vector['name']}: {vector['code']}, the model says {code}"


def dump(value):
    return (json.dumps(value, indent=1) + "\n").encode()


def outputs(files, vectors):
    yield HERE / "tokens.json", dump({"vectors": vectors})
    yield HERE / "trusted.json", dump([file.record() for file in files])
    for file in files:
        yield HERE / "trusted" / file.file, file.data


def differing(expected):
    changed = [path.name for path, data in expected.items() if not path.exists() or path.read_bytes() != data]
    return changed + [path.name for path in (HERE / "trusted").iterdir() if path not in expected]


def write(expected):
    (HERE / "trusted").mkdir(exist_ok=True)
    for path in (HERE / "trusted").iterdir():
        if path not in expected:
            path.unlink()
    for path, data in expected.items():
        path.write_bytes(data)


def report(files, vectors):
    for code, count in Counter(vector["code"] for vector in vectors).items():
        print(f"{count:5} {code}")
    ok = sum(file.line is None for file in files)
    print(f"{ok:5} good and {len(files) - ok} wrong files of trusted signers")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the files on disk and change nothing")
    check = parser.parse_args().check
    files = list(signers.cases())
    vectors = [case.record() for part in TOKEN_PARTS for case in part.cases()]
    entries, wrong = check_files(files)
    wrong += check_tokens(vectors, entries)
    if wrong:
        sys.exit("\n".join(wrong))
    expected = dict(outputs(files, vectors))
    if not check:
        write(expected)
    elif changed := differing(expected):
        sys.exit(f"generate.py: not up to date: {', '.join(changed)}")
    report(files, vectors)


if __name__ == "__main__":
    main()
