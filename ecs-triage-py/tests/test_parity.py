"""Python gives the bytes that the command built from Rust gives, for every incident and every labelled case.

``ECS_TRIAGE_CORPUS`` names a folder with more cases: ``messages.json``, ``cases/*.json`` and ``odd-formats/*``.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ecs_triage
from conftest import REPOSITORY

INCIDENTS = sorted(path for path in (REPOSITORY / "examples/incidents").iterdir() if path.is_dir())
FIXTURES = REPOSITORY / "ecs-triage-core/tests/fixtures"
CORPUS = os.environ.get("ECS_TRIAGE_CORPUS")


def python(*documents, **options):
    return ecs_triage.diagnose(*documents, strict=False, **options).to_json()


def differences(rust, pairs):
    """Names of the cases in which the two differ; ``pairs`` has arguments of the command, its input, and documents."""

    def differs(pair):
        name, arguments, text, documents, options = pair
        return name if rust(*arguments, "--format", "json", text=text) != python(*documents, **options) else None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [name for name in pool.map(differs, pairs) if name]


def folder(path):
    return (path.name, [path], b"", [path], {})


def file(path):
    return (path.name, [path], b"", [path], {})


def pasted(name, text):
    return (name, ["-"], text.encode(), [text], {})


def as_object(name, text):
    """What Rust reads as text, Python gets as objects."""
    return (name, ["-"], text.encode(), [json.loads(text)], {})


def test_every_incident(rust):
    assert len(INCIDENTS) >= 23
    assert differences(rust, map(folder, INCIDENTS)) == []


def test_every_incident_with_the_time_of_observation(rust):
    expected = json.loads((REPOSITORY / "examples/incidents/expected.json").read_text())
    pairs = [
        (name, [REPOSITORY / "examples/incidents" / name, "--observed-at", at], b"",
         [REPOSITORY / "examples/incidents" / name], {"observed_at": at})
        for name, entry in expected.items()
        if (at := entry.get("observedAt"))
    ]
    assert pairs
    assert differences(rust, pairs) == []


def test_every_document_of_the_incidents_as_an_object(rust):
    files = [file for incident in INCIDENTS for file in sorted(incident.glob("*.json"))]
    assert differences(rust, [as_object(str(file), file.read_text()) for file in files]) == []


def test_a_fixture_of_every_cause(rust):
    firsts = [sorted(code.glob("hit-*"))[0] for code in sorted(FIXTURES.iterdir())]
    assert len(firsts) >= 224
    assert differences(rust, map(folder, firsts)) == []


def corpus_cases(corpus: Path):
    for entry in json.loads((corpus / "messages.json").read_text()):
        yield pasted(entry["message"], entry["message"])
    for path in sorted((corpus / "cases").glob("*.json")):
        yield file(path)
        inputs = json.loads(path.read_text())["inputs"]
        yield as_object(path.name, json.dumps(inputs))
    for truth in sorted((corpus / "odd-formats").glob("*.truth.json")):
        yield file(truth.with_name(json.loads(truth.read_text())["file"]))


if CORPUS:

    def test_every_case_of_the_corpus(rust):
        cases = list(corpus_cases(Path(CORPUS)))
        assert len(cases) > 50
        assert differences(rust, cases) == []
