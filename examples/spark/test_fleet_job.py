"""The Spark job on generated events: the same bytes as the command, whatever the partitions.

ECS_TRIAGE names the command. EVENTS may name a file of generated events, one a line; without it, the tasks of the
bundled incidents make the events.
"""

from __future__ import annotations

import datetime
import gzip
import json
import os
import pathlib
import subprocess
import sys
from random import Random

import ecs_triage
import fleet_job
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

COMMAND = os.environ["ECS_TRIAGE"]
INCIDENTS = pathlib.Path(__file__).resolve().parents[1] / "incidents"
# The workers run the interpreter of the tests.
os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable


@pytest.fixture(scope="module")
def spark():
    builder = SparkSession.builder.master("local[2]").appName("test")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.sql.session.timeZone": "UTC",
        # Many small partitions, so that there is something to merge.
        "spark.sql.files.maxPartitionBytes": "256k",
        "spark.sql.files.openCostInBytes": "1",
        "spark.sql.shuffle.partitions": "4",
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """A file of events, one a line."""
    if "EVENTS" in os.environ:
        return pathlib.Path(os.environ["EVENTS"])
    path = tmp_path_factory.mktemp("events") / "events.ndjson"
    path.write_text("".join(json.dumps(event) + "\n" for event in of_incidents(1_000)))
    return path


def of_incidents(count):
    """Events of tasks like those of the bundled incidents, each task its own; a tenth is delivered twice."""
    files = sorted(INCIDENTS.glob("*/describe-tasks.json"))
    tasks = [task for file in files for task in json.loads(file.read_text()).get("tasks", [])]
    random, noon = Random(7), datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
    made = []
    for number in range(count):
        detail = dict(random.choice(tasks))
        arn = f"arn:aws:ecs:eu-west-1:111122223333:task/prod/{number:032x}"
        at = (noon + datetime.timedelta(seconds=random.randrange(86_400))).isoformat()
        detail.update(taskArn=arn, version=random.randrange(3, 9), stoppedAt=at, group=f"service:web-{number % 7}")
        event = {"version": "0", "id": str(number), "detail-type": "ECS Task State Change", "source": "aws.ecs",
                 "account": "111122223333", "time": at, "region": "eu-west-1", "resources": [arn], "detail": detail}
        made.extend([event] * (2 if number % 10 == 0 else 1))
    random.shuffle(made)
    return made


@pytest.fixture(scope="module")
def archive(tmp_path_factory, events):
    """The events as Firehose leaves them: folders by date, a part of the files compressed."""
    folder = tmp_path_factory.mktemp("archive")
    lines = events.read_bytes().splitlines(keepends=True)
    assert len(lines) >= 1_000
    for part in range(4):
        hour = folder / "2026" / "11" / "22" / f"{part:02}"
        hour.mkdir(parents=True)
        chunk = b"".join(lines[part::4])
        if part % 2:
            (hour / "events.gz").write_bytes(gzip.compress(chunk))
        else:
            (hour / "events").write_bytes(chunk)
    return folder


def command(*args: object) -> str:
    done = subprocess.run([COMMAND, "fleet", *map(str, args)], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return done.stdout


def test_the_report_is_that_of_the_command(spark, archive, events, tmp_path):
    report = fleet_job.run(spark, str(archive), str(tmp_path), {"top": 0})
    assert report == command(archive, "--top", 0, "--format", "json")
    assert report == command(events, "--top", 0, "--format", "json")
    # The wheel on one machine says the same.
    fleet = ecs_triage.Fleet(top=0)
    fleet.add(events)
    assert report == fleet.report().to_json()

    incidents = json.loads(report)["incidents"]
    assert len(incidents) > 10
    table = pq.read_table(tmp_path / "incidents").to_pylist()
    assert [(one["service"], one["code"], one["tasks"]) for one in table] == [
        (one.get("service"), one.get("code"), one["tasks"]) for one in incidents
    ]
    assert [one["first_seen"].isoformat()[:19] for one in table] == [one["firstSeen"][:19] for one in incidents]
    assert all(one["summary"] for one in table if one["code"])


def test_partitions_and_options_change_nothing_else(spark, archive):
    options = {"group_by": "cause", "top": 3, "since": "2020-01-01T00:00:00Z"}
    lines = spark.read.option("recursiveFileLookup", "true").text(str(archive))
    expected = command(archive, "--group-by", "cause", "--top", 3, "--since", "2020-01-01T00:00:00Z", "--format", "json")
    for width, fan_in in [(7, 2), (1, 16)]:
        parts = fleet_job.partials(lines.repartition(width), options)
        partial = fleet_job.merged(parts, fan_in)
        assert ecs_triage.Fleet.from_bytes(partial).report().to_json() == expected


def test_partial_results_go_into_the_command(spark, archive, tmp_path):
    lines = spark.read.option("recursiveFileLookup", "true").text(str(archive))
    partial = tmp_path / "spark.fleet"
    partial.write_bytes(fleet_job.merged(fleet_job.partials(lines, {})))
    assert command(partial, "--format", "markdown") == command(archive, "--format", "markdown")


def test_nothing_to_read_is_an_empty_report(spark, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "empty").touch()
    report = json.loads(fleet_job.run(spark, str(tmp_path / "in"), str(tmp_path / "out"), {}))
    assert (report["totals"]["tasks"], report["incidents"]) == (0, [])
    assert pq.read_table(tmp_path / "out" / "incidents").num_rows == 0
