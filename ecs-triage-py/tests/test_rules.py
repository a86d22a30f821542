"""Rules of one's own, in a file."""

import pickle

import ecs_triage
import pytest

RULES = """
[[rule]]
code = "acme-exit-42"
bucket = "app"
title = "another instance holds the lock"
summary = "Container {container} found the lock taken."

[[rule.when]]
look = "exit-code"
is = [42]

[[rule.fix]]
title = "Run one task at a time"
advice = "Set the maximum healthy percent to 100."

[[check]]
code = "acme-foreign-image"
severity = "error"
title = "image is not from our registry"
summary = "Container {container} runs {value}."
advice = "Copy it to our registry."

[[check.when]]
look = "task-definition"
field = "/containerDefinitions/*/image"
matches-not = '^111122223333'
"""

TASK = {
    "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef",
    "lastStatus": "STOPPED",
    "stopCode": "EssentialContainerExited",
    "containers": [{"name": "app", "exitCode": 42}],
}

DEFINITION = {
    "family": "web",
    "containerDefinitions": [{"name": "app", "image": "docker.io/library/nginx:1.29", "memory": 128}],
}


def test_a_cause_of_ones_own_leads(tmp_path):
    path = tmp_path / "acme.toml"
    path.write_text(RULES)
    for rules in (RULES, path, [path]):
        report = ecs_triage.diagnose(TASK, rules=rules)
        first = report.diagnoses[0]
        assert (first.code, first.confidence) == ("acme-exit-42", "likely")
        assert first.summary == "Container `app` found the lock taken."
        assert report.to_dict()["subjects"][0]["diagnoses"][0]["cause"] == {"exitCode": "42"}
        assert pickle.loads(pickle.dumps(report)) == report
    assert ecs_triage.diagnose(TASK).diagnoses[0].code == "app-exit-other"


def test_checks_and_verification():
    report = ecs_triage.check(DEFINITION, rules=RULES)
    assert "acme-foreign-image" in [advisory.code for advisory in report.subjects[0].advisories]
    before = ecs_triage.diagnose(TASK, rules=RULES)
    newer = {**TASK, "taskArn": TASK["taskArn"].replace("0123", "4567")}
    after = ecs_triage.verify(before, newer, rules=RULES)
    assert (after.recovery, after.before) == ("still-failing", ("acme-exit-42",))


def test_evidence_that_grows():
    evidence = ecs_triage.Evidence(TASK)
    evidence.add_rules(RULES)
    assert evidence.diagnose().diagnoses[0].code == "acme-exit-42"
    with pytest.raises(ecs_triage.RulesError, match="the code of another rule"):
        evidence.add_rules(RULES)


def test_what_is_wrong_is_said_with_its_place(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(RULES.replace("is = [42]", "is = 42"))
    with pytest.raises(ecs_triage.RulesError) as raised:
        ecs_triage.diagnose(TASK, rules=path)
    error = raised.value
    assert isinstance(error, ecs_triage.EcsTriageError) and isinstance(error, ValueError)
    assert error.key == "rule[0].when[0].is"
    assert f"`{path}` line 10" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    with pytest.raises(ecs_triage.FileError):
        ecs_triage.diagnose(TASK, rules=tmp_path / "none.toml")
