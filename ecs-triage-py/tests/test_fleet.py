"""Fleets: the same report for any order, split and number of threads."""

import json
import pickle
import random
import threading
from concurrent.futures import ProcessPoolExecutor

import ecs_triage
import pytest
from ecs_triage import Fleet, fleet, tables


def event(number, service="web", reason="OutOfMemoryError: Container killed due to memory usage", code=137, revision=42):
    """What EventBridge sends when a task has stopped."""
    at = f"2026-11-22T{8 + number // 60:02}:{number % 60:02}:00Z"
    return {
        "version": "0",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "time": at,
        "detail": {
            "taskArn": f"arn:aws:ecs:eu-west-1:111122223333:task/prod/{number:032x}",
            "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
            "group": f"service:{service}",
            "taskDefinitionArn": f"arn:aws:ecs:eu-west-1:111122223333:task-definition/{service}:{revision}",
            "lastStatus": "STOPPED",
            "stopCode": "EssentialContainerExited",
            "version": 5,
            "stoppedAt": at,
            "containers": [{"name": "app", "exitCode": code, "reason": reason}],
        },
    }


PULL = "CannotPullContainerError: failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:v9: not found"


@pytest.fixture
def events():
    found = [event(number) for number in range(200)]
    found += [event(500 + number, "api", PULL, None, 7) for number in range(50)]
    random.Random(6).shuffle(found)
    return found


@pytest.fixture
def lines(events, tmp_path):
    file = tmp_path / "events.ndjson"
    file.write_text("\n".join(map(json.dumps, events)) + "\n")
    return file


def fold(*sources, **options):
    found = Fleet(**options)
    for source in sources:
        found.add(source)
    return found.report()


def test_incidents_are_typed(events):
    report = fold(events)
    first, second = report.incidents
    assert (first.service, first.code, first.tasks) == ("web", "app-oom-killed", 200)
    assert (second.service, second.tasks) == ("api", 50)
    assert first.verdict == "failure" and first.revisions[0].revision == "web:42"
    assert first.first_seen == ecs_triage.fleet.RevisionShare._read(first.revisions[0].to_dict()).first_seen
    assert isinstance(first.sample, fleet.SampleTask) and first.sample.report.diagnoses[0].code == "app-oom-killed"
    assert first.sample.report == ecs_triage.diagnose(
        next(one for one in events if one["detail"]["taskArn"] == first.sample.id)
    )
    assert report.totals.tasks == 250 and report.input.records == 250 and report.has_failures
    assert report.buckets.seconds > 0 and sum(report.buckets.failures) == 250
    assert report.group_by == "service" and report.more_incidents == 0 and report.problems == ()
    assert report.first_seen < report.last_seen
    assert repr(report).startswith("<FleetReport of 250 tasks: app-oom-killed (200)")
    assert str(report) == report.text() and "app-oom-killed" in report.markdown()


def test_parts_are_what_the_json_says(events):
    report = fold(events)
    data = report.to_dict()
    assert [incident.to_dict() for incident in report.incidents] == data["incidents"]
    assert report.totals.to_dict() == data["totals"] and report.input.to_dict() == data["input"]
    assert report.to_json() == json.dumps(data, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_way_of_adding_gives_the_same(events, lines, threads):
    expected = fold(events).to_dict()
    array = json.dumps(events)
    by_file = Fleet()
    by_file.add(lines, threads=threads)
    for other in (by_file.report(), fold(array), fold(array.encode()), fold(lines.read_bytes()), fold(*events[::-1])):
        assert other.to_dict() == expected


def test_parts_merge_in_any_order(events):
    expected = fold(events)
    parts = [Fleet() for _ in range(4)]
    for number, one in enumerate(events):
        parts[number % 4].add(one)
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        whole = Fleet()
        for number in order:
            whole.merge(pickle.loads(pickle.dumps(parts[number])))
        assert whole.report() == expected
    itself = Fleet()
    itself.add(events)
    itself.merge(itself)
    assert itself.report().totals == expected.totals


def folded(texts):
    part = Fleet()
    part.add(texts)
    return part


def test_processes_fold_and_merge(events):
    texts = list(map(json.dumps, events))
    whole = Fleet()
    with ProcessPoolExecutor(2) as pool:
        for part in pool.map(folded, [texts[:100], texts[100:]]):
            whole.merge(part)
    assert whole.report() == fold(events)


def test_threads_fold_side_by_side(events):
    shared = Fleet()
    workers = [threading.Thread(target=shared.add, args=(events[number::4],)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert shared.report() == fold(events)


def test_options(events):
    assert [incident.service for incident in fold(events, top=1).incidents] == ["web"]
    assert fold(events, top=1).more_incidents == 1
    assert fold(events, group_by="cluster").incidents[0].cluster == "prod"
    early = fold(events, until="2026-11-22T08:10:00Z")
    assert early.totals.tasks == 10 and early.input.outside == 240
    kept = Fleet.from_bytes(Fleet(until="2026-11-22T08:10:00Z").to_bytes())
    kept.add(events)
    assert kept.report() == early


def test_reports_compare_hash_and_pickle(events):
    report = fold(events)
    copied = pickle.loads(pickle.dumps(report))
    assert copied == report and hash(copied) == hash(report) and report != fold(events[:9]) and report != 1
    assert copied.incidents == report.incidents and copied.text() == report.text()
    assert copied.incidents[0].sample.report.markdown() == report.incidents[0].sample.report.markdown()
    with pytest.raises(AttributeError):
        report.incidents = ()


def test_what_cannot_be_read_is_counted(tmp_path):
    found = Fleet()
    found.add(b'{"detail-type": \n{"colour": "red"}\n' + json.dumps(event(1)).encode())
    report = found.report()
    assert (report.input.records, report.input.broken, report.input.unrecognised) == (2, 1, 1)
    assert [problem.line for problem in report.problems] == [1, 2]
    with pytest.raises(ecs_triage.FileError):
        found.add(tmp_path / "missing")
    with pytest.raises(ecs_triage.UnsupportedTypeError):
        found.add({"detail": object()})
    with pytest.raises(ecs_triage.InvalidTimeError):
        Fleet(since="yesterday")
    with pytest.raises(ValueError, match="group_by"):
        Fleet(group_by="colour")
    for broken in (b"", b"ecsfleet", Fleet().to_bytes()[:-1], b"x" * 100):
        with pytest.raises(ecs_triage.FleetError) as raised:
            Fleet.from_bytes(broken)
        assert isinstance(raised.value, ValueError) and str(raised.value)


def test_incidents_as_tables(events):
    report = fold(events)
    table, frame = report.to_arrow(), report.to_pandas()
    assert table.num_rows == len(frame) == 2
    assert table.column("tasks").to_pylist() == frame["tasks"].tolist() == [200, 50]
    assert str(table.schema.field("first_seen").type) == "timestamp[us, tz=UTC]"
    assert frame["first_seen"][0].to_pydatetime() == report.incidents[0].first_seen
    assert frame["code"].tolist() == table.column("code").to_pylist()
    empty = Fleet().report()
    assert empty.to_arrow().schema == table.schema and empty.to_pandas().dtypes.equals(empty.to_pandas().dtypes)


def test_reports_as_tables(events):
    reports = list(ecs_triage.diagnose_many(events))
    table, frame = tables.to_arrow(reports), tables.to_pandas(reports)
    assert table.num_rows == len(frame) == 250
    assert frame["code"].value_counts()["app-oom-killed"] == 200
    assert set(table.column("verdict").to_pylist()) == {"failure"}
    assert tables.to_arrow([ecs_triage.diagnose()]).schema == table.schema
