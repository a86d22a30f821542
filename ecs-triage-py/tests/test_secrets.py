"""No secret comes out: canaries planted into the incidents are in nothing that Python shows of them."""

import json
import random
import traceback
from dataclasses import is_dataclass

import ecs_triage
import pytest
from conftest import REPOSITORY

INCIDENTS = sorted(path for path in (REPOSITORY / "examples/incidents").iterdir() if (path / "describe-tasks.json").exists())
CANARY = "cnry7Qx9"
FORMS = [
    "connect postgres://app:{}@db.internal:5432/orders failed",
    'Get "https://h.example/v2/x?X-Amz-Signature={}&X-Amz-Date=1": EOF',
    "DB_PASSWORD={} npm start",
    "--password {} --user app",
    '{{"password": "{}", "user": "app"}}',
    "Authorization: Bearer {}abcdefgh",
    "session eyJhbGciOiJIUzI1NiJ9.{}.sig",
    "ghp_{}abcdefgh is not valid",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
    "aws_secret_access_key = {}",
    "'apiKey': '{}'",
    "curl -u app:{} https://h.example",
    "Set-Cookie: session={}; HttpOnly",
]


def planted(value, chance):
    """The value with secrets where they stand in answers of AWS."""
    if isinstance(value, list):
        return [planted(element, chance) for element in value]
    if not isinstance(value, dict):
        return value
    value = {key: planted(member, chance) for key, member in value.items()}
    secret = f"{CANARY}{chance.randrange(1 << 16):04x}"
    sentence = chance.choice(FORMS).format(secret)
    if "image" in value:
        value["environment"] = [{"name": "PLAIN", "value": secret}, {"name": "URL", "value": sentence}]
        value["command"] = chance.choice([["sh", "-c", sentence], ["app", "--token", secret]])
        value["secrets"] = [{"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:111122223333:parameter/db", "value": secret}]
        value["dockerLabels"] = {"team": secret}
    if "taskArn" in value and "lastStatus" in value:
        value["overrides"] = {"containerOverrides": [{"name": "app", "command": ["run", "--password", secret]}]}
        value["tags"] = [{"key": "owner", "value": sentence}]
    if "Statement" in value:
        value["Condition"] = {"StringEquals": {"sts:ExternalId": secret}}
    for key in ("stoppedReason", "reason", "message"):
        if isinstance(value.get(key), str) and chance.random() < 0.7:
            value[key] = f"{value[key]} ({sentence})"
    return value


def documents(number):
    """The documents of an incident, by name, with secrets; one of five is cut or broken."""
    chance = random.Random(number)
    folder = INCIDENTS[number % len(INCIDENTS)]
    found = {}
    for file in sorted(folder.glob("*.json")):
        text = json.dumps(planted(json.loads(file.read_text()), chance))
        if chance.random() < 0.2:
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(["", chance.choice('{}[]",:\\') + text[at:]])
        found[file.stem] = text
    assert CANARY in "".join(found.values())
    return found


def parts(value):
    """A result and every part of it."""
    yield value
    if isinstance(value, (tuple, list)):
        for element in value:
            yield from parts(element)
    elif isinstance(value, dict):
        for element in value.values():
            yield from parts(element)
    elif is_dataclass(value):
        for name in value.__dataclass_fields__:
            yield from parts(getattr(value, name))


def shown_of(report):
    yield from (repr(report), str(report), f"{report}", report._repr_html_(), report.markdown(), report.to_json(), repr(report.to_dict()))
    for part in parts((report.subjects, report.diagnoses, report.advisories, report.wants, report.problems)):
        yield repr(part)
        yield str(part)


def error_of(call, *arguments, **options):
    """What a traceback prints of what was raised, with its fields; the lines of the sources are not the error's."""
    try:
        call(*arguments, **options)
    except ecs_triage.EcsTriageError as error:
        told = "".join(traceback.format_exception_only(type(error), error))
        return f"{told} {error} {error!r} {error.args!r} {vars(error)!r}"
    return ""


def assert_no_secret(texts, what):
    leaks = [text for text in texts if CANARY.lower() in text.lower()]
    at = leaks[0].lower().find(CANARY.lower()) if leaks else 0
    assert not leaks, f"{what}: …{leaks[0][max(0, at - 200):at + 60]}"


@pytest.mark.parametrize("start", range(0, 60, 10))
def test_reports_and_errors(start):
    for number in range(start, start + 10):
        given = documents(number)
        evidence = ecs_triage.Evidence()
        for name, text in given.items():
            assert_no_secret([error_of(evidence.add, text, name=name)], number)
        report = evidence.diagnose()
        texts = [repr(evidence), *shown_of(report), *shown_of(evidence.check())]
        verification = ecs_triage.verify(report, *given.values(), strict=False)
        texts += [repr(part) for part in parts(verification)] + [str(verification)]
        for text in given.values():
            # Each is some other thing than what is asked for.
            texts += [
                error_of(ecs_triage.diagnose, {"tasks": [text, {1, text}]}),
                error_of(ecs_triage.diagnose, text, rules=text),
                error_of(ecs_triage.verify, text, text),
                error_of(ecs_triage.Fleet.from_bytes, text.encode()),
            ]
        assert_no_secret(texts, f"{number}, {INCIDENTS[number % len(INCIDENTS)].name}")


def test_a_fleet():
    fleet = ecs_triage.Fleet()
    for number in range(60):
        for text in documents(number).values():
            fleet.add(text.encode())
    report = fleet.report()
    assert report.incidents
    texts = [repr(fleet), str(fleet), repr(report), str(report), report.markdown(), report.to_json(), repr(report.to_dict())]
    texts += [repr(part) for part in parts((report.incidents, report.totals, report.input, report.problems))]
    texts += [repr(report.to_arrow().to_pylist())]
    for incident in report.incidents:
        if incident.sample and incident.sample.report:
            texts += shown_of(incident.sample.report)
    assert_no_secret(texts, "fleet")
