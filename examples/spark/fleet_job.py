"""Fold an archive of ECS task state change events into incidents, with Apache Spark.

    spark-submit fleet_job.py s3a://archive/ecs-events/ s3a://reports/today/

Every partition becomes a partial fleet, a few hundred kB to some MB of bytes; these are merged in a tree, so that the
driver receives one. It writes `report.json`, the same bytes as `ecs-triage fleet --format json` prints for the same
events, and the incidents as Parquet.
"""

from __future__ import annotations

import argparse
import datetime
import json
import time
from typing import Any, Iterable, Iterator

import ecs_triage
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as t

PARTIAL = "partial binary"

INCIDENTS = t.StructType([
    t.StructField("cluster", t.StringType()),
    t.StructField("service", t.StringType()),
    t.StructField("family", t.StringType()),
    t.StructField("code", t.StringType()),
    t.StructField("title", t.StringType()),
    t.StructField("bucket", t.StringType()),
    t.StructField("confidence", t.StringType()),
    t.StructField("verdict", t.StringType()),
    t.StructField("tasks", t.LongType()),
    t.StructField("first_seen", t.TimestampType()),
    t.StructField("last_seen", t.TimestampType()),
    t.StructField("per_hour", t.DoubleType()),
    t.StructField("crash_loop_seconds", t.DoubleType()),
    t.StructField("began_with", t.StringType()),
    t.StructField("summary", t.StringType()),
    t.StructField("sample", t.StringType()),
    t.StructField("counts", t.ArrayType(t.LongType())),
])


def partials(lines: DataFrame, options: dict[str, Any]) -> DataFrame:
    """One partial fleet for each partition of a table whose first column holds events, one a row."""

    def fold(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        fleet = ecs_triage.Fleet(**options)
        for batch in batches:
            fleet.add(joined(batch.column(0)))
        yield of_bytes(fleet.to_bytes())

    return lines.mapInArrow(fold, PARTIAL)


def joined(column: pa.Array) -> bytes:
    """The rows of a column of texts as lines, without an object of Python for each."""
    if len(column) == 0:
        return b""
    column = column.cast(pa.large_string())
    rows = pa.LargeListArray.from_arrays(pa.array([0, len(column)], pa.int64()), column)
    lines = pc.binary_join(rows, pa.scalar("\n", pa.large_string()))
    return bytes(lines[0].as_buffer()) + b"\n"


def merged(parts: DataFrame, fan_in: int = 16) -> bytes:
    """All partial fleets as one, merged on the executors until `fan_in` or fewer are left for the driver."""

    def merge(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        whole = None
        for batch in batches:
            for part in batch.column(0):
                fleet = ecs_triage.Fleet.from_bytes(part.as_py())
                if whole is None:
                    whole = fleet
                else:
                    whole.merge(fleet)
        if whole is not None:
            yield of_bytes(whole.to_bytes())

    width = parts.rdd.getNumPartitions()
    while width > 1:
        width = -(-width // fan_in)
        parts = parts.repartition(width).mapInArrow(merge, PARTIAL)
    rows = parts.collect()
    return bytes(rows[0].partial) if rows else ecs_triage.Fleet().to_bytes()


def of_bytes(partial: bytes) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([partial], pa.binary())], ["partial"])


def row(incident: dict[str, Any]) -> tuple[Any, ...]:
    """An incident of the report as a row of `INCIDENTS`."""

    def moment(text: str | None) -> datetime.datetime | None:
        return None if text is None else datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))

    sample = incident.get("sample", {})
    found = [
        diagnosis
        for subject in sample.get("report", {}).get("subjects", [])
        for diagnosis in subject["diagnoses"]
        if diagnosis["code"] == incident.get("code")
    ]
    return (
        *(incident.get(name) for name in ("cluster", "service", "family", "code", "title", "bucket", "confidence")),
        incident["verdict"],
        incident["tasks"],
        moment(incident.get("firstSeen")),
        moment(incident.get("lastSeen")),
        incident.get("perHour"),
        incident.get("crashLoop", {}).get("intervalSeconds"),
        incident.get("regression", {}).get("revision"),
        found[0]["summary"] if found else None,
        sample.get("id"),
        incident["counts"],
    )


def run(spark: SparkSession, source: str, target: str, options: dict[str, Any]) -> str:
    """Reads `source`, writes incidents below `target`, and returns the report as JSON."""
    # Sections of an archive by date are folders of it.
    lines = spark.read.option("recursiveFileLookup", "true").text(source)
    report = ecs_triage.Fleet.from_bytes(merged(partials(lines, options))).report().to_json()
    incidents = [row(incident) for incident in json.loads(report)["incidents"]]
    table = spark.createDataFrame(incidents, INCIDENTS).coalesce(1)
    table.write.mode("overwrite").parquet(target.rstrip("/") + "/incidents")
    return report


def save(spark: SparkSession, text: str, path: str) -> None:
    """Writes a file where Spark writes, be it local, HDFS or S3."""
    jvm = spark._jvm
    where = jvm.org.apache.hadoop.fs.Path(path)
    out = where.getFileSystem(spark._jsc.hadoopConfiguration()).create(where, True)
    out.write(bytearray(text.encode()))
    out.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("source", help="file or folder of events, one a line, plain or gzip")
    arguments.add_argument("target", help="folder for report.json and incidents/ (Parquet)")
    arguments.add_argument("--since")
    arguments.add_argument("--until")
    arguments.add_argument("--group-by", default="service")
    arguments.add_argument("--top", type=int, default=0)
    given = arguments.parse_args()
    options = {"since": given.since, "until": given.until, "group_by": given.group_by, "top": given.top}
    spark = SparkSession.builder.appName("ecs-triage fleet").getOrCreate()
    begin = time.monotonic()
    report = run(spark, given.source, given.target, options)
    save(spark, report, given.target.rstrip("/") + "/report.json")
    records = json.loads(report)["input"]["records"]
    took, cores = time.monotonic() - begin, spark.sparkContext.defaultParallelism
    print(f"{records:,} records in {took:.1f} s with {cores} cores: {records / took / cores:,.0f} a second and core")
    spark.stop()


if __name__ == "__main__":
    main()
