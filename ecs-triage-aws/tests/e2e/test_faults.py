"""What goes wrong on the wire: never a hang, never a panic, always a report."""

import time

import pytest
from moto.ecs.models import ecs_backends
from server import ACCOUNT


@pytest.fixture
def incident(account):
    return account("execution-role-without-ecr")


def ask(live, incident, *more, **options):
    args = ("--cluster", incident.cluster, "--service", incident.service["serviceName"], *more)
    return live(*args, region=incident.region, **options)


def test_refusals_one_after_another(live, incident, server):
    whole = ask(live, incident)
    names = sorted({call.name for call in server.calls if call.protocol != "rest"})
    assert len(names) >= 10
    for refused in names:
        server.fault = lambda call, refused=refused: "denied" if call.name == refused else None
        run = ask(live, incident)
        assert any("was refused" in problem for problem in run.problems), f"{refused}: {run.problems}"
        assert "EcsTriage" in run.said, f"{refused}: the policy that would allow it\n{run.said}"
        print(f"without {refused}: {run.first}")
        if refused not in ("ecs:ListTasks", "ecs:DescribeTasks"):
            assert run.first == whole.first, refused


def test_everything_is_refused(live, incident, server):
    server.fault = lambda call: "denied"
    run = ask(live, incident)
    assert run.status == 3
    assert '"ecs:DescribeServices"' in run.said and '"ecs:ListTasks"' in run.said


def test_expired_credentials_end_it_at_once(live, incident, server):
    server.fault = lambda call: "expired"
    run = ask(live, incident)
    assert run.status == 3
    assert "expired" in run.said and "aws sso login" in run.said
    assert len(server.calls) <= 8


@pytest.mark.parametrize("fault", ["throttled", "broken", "cut", "garbage"])
@pytest.mark.parametrize("victim", ["iam:ListRolePolicies", "ecs:DescribeTaskDefinition"])
def test_one_service_fails(live, incident, server, fault, victim):
    server.fault = lambda call: fault if call.name == victim else None
    run = ask(live, incident)
    assert run.status == 1
    # XML that ends early but in good order is read as far as it goes.
    if (victim, fault) != ("iam:ListRolePolicies", "garbage"):
        command = {"iam:ListRolePolicies": "iam list-role-policies", "ecs:DescribeTaskDefinition": "describe-task-definition"}
        assert any(command[victim] in problem for problem in run.problems), run.problems


@pytest.mark.parametrize("fault", ["cut", "garbage", "broken"])
def test_every_answer_fails(live, incident, server, fault):
    server.fault = lambda call: fault
    run = ask(live, incident, "--timeout", "20")
    assert run.status == 3
    assert run.problems or "time" in run.said


def test_answers_that_do_not_come(live, incident, server):
    server.fault = lambda call: "slow" if call.service != "ecs" else None
    began = time.monotonic()
    run = ask(live, incident, "--timeout", "6")
    assert time.monotonic() - began < 15
    assert run.first, "what ECS itself says is diagnosed"
    assert "the time of 6 s was up" in run.said


def test_a_server_that_is_not_there(live, incident, server):
    server.stop()
    run = ask(live, incident, "--timeout", "20", AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert run.status == 3
    assert f"AWS in {incident.region} did not answer" in run.said and "HTTPS_PROXY" in run.said


@pytest.mark.parametrize("url", ["", "127.0.0.1:5000"])
def test_an_endpoint_that_is_none(live, incident, url):
    run = ask(live, incident, AWS_ENDPOINT_URL=url)
    assert run.status == 2 and "`AWS_ENDPOINT_URL` is no URL" in run.said


def test_a_region_without_the_cluster(live, incident):
    run = live("--cluster", incident.cluster, region="us-west-2")
    assert run.status == 3
    assert f"no cluster `{incident.cluster}` in us-west-2" in run.said and "another Region" in run.said


def test_no_credentials(live, incident):
    run = ask(live, incident, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert run.status == 3
    assert "no credentials of AWS" in run.said


def test_a_cluster_that_does_not_exist(live, incident):
    run = live("--cluster", "prdo", region=incident.region)
    assert run.status == 3
    assert "no cluster `prdo`" in run.said and f"`{incident.cluster}`" in run.said


def test_a_service_that_does_not_exist(live, incident):
    run = live("--cluster", incident.cluster, "--service", "nope", region=incident.region)
    assert "no service `nope`" in run.said and f"`{incident.service['serviceName']}`" in run.said


def test_tasks_that_are_gone(live, incident):
    run = live("--task", f"arn:aws:ecs:{incident.region}:111122223333:task/{incident.cluster}/0", region="")
    assert run.status == 3
    assert "does not know task `0`" in run.said and "an hour" in run.said
    assert f"cluster `{incident.cluster}` has `{incident.service['serviceName']}`" in run.said


def forget(incident):
    """What an hour does to the stopped tasks."""
    ecs_backends[ACCOUNT][incident.region].tasks.clear()


def test_a_service_of_which_no_task_is_left_is_told_by_its_events(live, account, server):
    incident = account("placement-memory")
    forget(incident)
    run = ask(live, incident)
    assert "no stopped task" in run.said and "an hour" in run.said
    assert run.first == "placement-insufficient-memory", run.text


def test_a_family_of_which_no_task_is_left_is_told_by_its_services(live, account, server):
    incident = account("placement-memory")
    forget(incident)
    family = incident.service["taskDefinition"].split("/")[-1]
    run = live("--cluster", incident.cluster, "--family", family, region=incident.region)
    assert "no stopped task" in run.said and "services that run it still tell" in run.said
    assert run.first == "placement-insufficient-memory", run.text
    run = live("--cluster", incident.cluster, "--family", "nope", region=incident.region)
    assert run.status == 3 and "no service of the cluster runs it" in run.said


def test_a_cluster_of_which_no_task_is_left(live, account, server):
    incident = account("placement-memory")
    forget(incident)
    run = live("--cluster", incident.cluster, region=incident.region)
    assert run.first == "placement-insufficient-memory", run.text


def test_an_empty_cluster(live, incident, account):
    incident.client("ecs").create_cluster(clusterName="empty")
    run = live("--cluster", "empty", region=incident.region)
    assert run.status == 3 and "no stopped task is left in cluster `empty`" in run.said
