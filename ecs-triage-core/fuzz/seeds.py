#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets: seeds.py OUT [FOLDER...]

Takes the fixtures and incidents of the repository, and every further folder that is named, such as a corpus that lies
beside the repository. A document larger than 32 kB and an incident larger than 6 kB is left out.
"""

import hashlib
import json
import pathlib
import sys

LARGEST = 32 << 10
# Whole incidents take longest, and are mutated best when they are small.
LARGEST_INCIDENT = 6 << 10
MOST_INCIDENTS = 200
CORE = pathlib.Path(__file__).resolve().parent.parent
NEXT, NAMED = b"\x1e", b"\x1f"


def files(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in (".md", ".snap", ".rs", ".py"))


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for element in value:
            yield from strings(element)
    elif isinstance(value, dict):
        for element in value.values():
            yield from strings(element)


def policies(value):
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        for element in value.values():
            yield from policies(element)
    elif isinstance(value, list):
        for element in value:
            yield from policies(element)


def main():
    out = pathlib.Path(sys.argv[1])
    folders = [CORE / "tests", CORE.parent / "examples" / "incidents", *map(pathlib.Path, sys.argv[2:])]
    seeds = {target: set() for target in ("evidence", "message", "iam", "diagnose", "fleet", "verify")}
    by_folder = {}
    for path in (path for folder in folders for path in files(folder)):
        data = path.read_bytes()
        if len(data) > LARGEST:
            continue
        seeds["evidence"].add(data)
        by_folder.setdefault(path.parent, []).append((path.stem, data))
        try:
            value = json.loads(data)
        except ValueError:
            seeds["message"].add(data)
            continue
        for text in strings(value):
            if " " in text and 20 < len(text) < 4000:
                seeds["message"].add(text.encode())
        for policy in policies(value):
            seeds["iam"].add(json.dumps(policy).encode())
        if isinstance(value, dict) and any(key in value for key in ("tasks", "detail", "taskArn")):
            seeds["fleet"].add(json.dumps(value).encode() + b"\n")
    for documents in by_folder.values():
        whole = NEXT.join(name.encode() + NAMED + data for name, data in documents)
        if len(whole) <= LARGEST_INCIDENT:
            seeds["diagnose"].add(whole)
            seeds["verify"].add(b'{"schema": "ecs-triage/report/1"}' + NEXT + whole)
    for target, all_seeds in seeds.items():
        folder = out / target
        folder.mkdir(parents=True, exist_ok=True)
        named = {hashlib.sha1(seed).hexdigest(): seed for seed in all_seeds}
        most = MOST_INCIDENTS if target in ("diagnose", "verify") else len(named)
        for name in sorted(named)[:most]:
            (folder / name).write_bytes(named[name])
        print(f"{target}: {min(most, len(named))} seeds")


main()
