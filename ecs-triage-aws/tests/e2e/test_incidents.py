"""Bundled incidents in an account of moto: `live` finds what the saved evidence shows, by reading alone."""

import json

import pytest
from account import EXPECTED

INCIDENTS = [
    "crash-loop",
    "execution-role-without-ecr",
    "exit-1-no-logs",
    "health-check-start-period",
    "image-tag-never-pushed",
    "log-group-missing",
    "memory-above-peak",
    "oom-kill",
    "sidecar-took-it-down",
    "spot-interruption",
    "stop-timeout-137",
    "wrong-architecture",
]
READS = ("Describe", "Get", "List", "BatchGet", "Lookup")


@pytest.mark.parametrize("name", INCIDENTS)
def test_live_and_saved_evidence_agree(name, account, live, offline, server, tmp_path):
    incident = account(name)
    what = ["--service", incident.service["serviceName"]] if incident.service else ["--task", incident.tasks[0]["taskArn"]]
    folder = tmp_path / "kept"
    run = live("--cluster", incident.cluster, *what, "--save", folder, "--show-calls", region=incident.region)
    made = [call.name for call in server.calls]
    rounds = {line.split()[1] for line in run.said.splitlines() if line.startswith("round ")}
    print(f"{name}: {run.first} by {len(made)} calls, {len(rounds) - 1} rounds deep")
    assert run.first == EXPECTED[name]["code"], run.said
    assert run.status == (1 if EXPECTED[name]["verdict"] == "failure" else 0)

    assert all(call.operation.startswith(READS) for call in server.calls), made
    asked = [(call.name, call.params) for call in server.calls]
    assert len(asked) == len(set(asked)), "a call was repeated"

    again = offline(folder)
    assert again.first == run.first
    assert again.status == run.status
    assert again.report["observedAt"] == run.report["observedAt"]
    assert [subject["id"] for subject in again.report["subjects"]] == [
        subject["id"] for subject in run.report["subjects"]
    ]
    # Only values that could be secrets are missing from what was kept.
    assert strip(again.report) == strip(run.report)
    for file in folder.glob("*.json"):
        assert {"service", "operation", "params", "observedAt"} <= json.loads(file.read_text()).keys()


def strip(report):
    return [
        (subject["verdict"], [(found["code"], found["confidence"], found["summary"]) for found in subject["diagnoses"]])
        for subject in report["subjects"]
    ]


def test_environment_values_are_not_kept(account, live, server, tmp_path):
    incident = account("oom-kill")
    definition = incident.answers["taskDefinition"]
    values = [
        variable["value"]
        for container in definition["containerDefinitions"]
        for variable in container.get("environment", [])
        if len(variable["value"]) > 5
    ]
    assert values, "the incident has variables"
    live("--cluster", incident.cluster, "--service", incident.service["serviceName"], "--save", tmp_path / "kept")
    kept = "".join(file.read_text() for file in (tmp_path / "kept").glob("describe-task-definition*"))
    assert definition["family"] in kept
    assert not [value for value in values if f'"{value}"' in kept]


def test_a_whole_cluster(account, live):
    incident = account("oom-kill")
    run = live("--cluster", incident.cluster)
    assert run.first == "app-oom-killed"


def test_a_family(account, live):
    incident = account("oom-kill")
    run = live("--cluster", incident.cluster, "--family", incident.answers["taskDefinition"]["family"])
    assert run.first == "app-oom-killed"


def test_a_task_by_its_arn_needs_no_cluster_and_no_region(account, live):
    incident = account("oom-kill")
    run = live("--task", incident.tasks[0]["taskArn"], region="")
    assert run.first == "app-oom-killed"
