#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Reads a file of metrics as strictly as the node exporter and promtool do, and more so.

metrics.py FILE                   exits with 0 if nothing is wrong with it
metrics.py FILE NAME [LABEL=V]    prints the value as well; "-" if there is none
"""
import re
import sys

HELP = re.compile(r"# HELP (breakglass_[a-z][a-z0-9_]*) (\S.*\S)")
TYPE = re.compile(r"# TYPE (breakglass_[a-z][a-z0-9_]*) (counter|gauge)")
SAMPLE = re.compile(r'(breakglass_[a-z][a-z0-9_]*)(?:\{([a-z_]+)="([A-Za-z0-9._-]+)"\})? (0|-?[1-9][0-9]*)')
NOT_BASE = ("milliseconds", "minutes", "hours", "days", "kilobytes", "percent")


def lint(name, kind):
    assert (kind == "counter") == name.endswith("_total"), f"{name} is a {kind}"
    words = name.split("_")
    for word in ("count", "sum", "bucket", "info", "gauge", "counter", *NOT_BASE):
        assert word not in words, f"{name}: {word}"


def read(path):
    """{(name, label, value): number}; families are not interleaved, each with HELP, then TYPE."""
    text = open(path, encoding="ascii", newline="").read()
    assert text.endswith("\n") and "\r" not in text
    samples, seen, helped, name = {}, set(), None, None
    empty = False
    for line in text[:-1].split("\n"):
        if found := HELP.fullmatch(line):
            assert not empty, f"{name} has no sample"
            helped = found[1]
            assert helped not in seen, f"{helped} comes twice"
            seen.add(helped)
        elif found := TYPE.fullmatch(line):
            assert found[1] == helped and name != helped, line
            name, empty = helped, True
            lint(name, found[2])
        else:
            found = SAMPLE.fullmatch(line)
            assert found and found[1] == name == helped, f"no sample of {name}: {line}"
            key = (name, found[2], found[3])
            assert key not in samples, f"{key} comes twice"
            samples[key] = int(found[4])
            empty = False
    assert not empty and samples
    return samples


def main():
    samples = read(sys.argv[1])
    if len(sys.argv) > 2:
        label, value = sys.argv[3].split("=") if len(sys.argv) > 3 else (None, None)
        print(samples.get(("breakglass_" + sys.argv[2], label, value), "-"))


main()
