"""Triages each task that stops, and tells a topic of Amazon SNS why and what to change.

EventBridge sends an `ECS Task State Change`; the event is the evidence to begin with, and what its diagnosis wants is
fetched with read-only calls. What is no failure (scale-in, a deployment, a finished job) is not told.
"""

from __future__ import annotations

import json
import logging
import os
import time
from typing import Any

import boto3
import ecs_triage
from ecs_triage import aws

from message import notification

log = logging.getLogger()
log.setLevel(logging.INFO)

SESSION = boto3.Session()
SNS = SESSION.client("sns")
TOPIC = os.environ["TOPIC_ARN"]
#: One service that fails again and again for one cause is told once in so many minutes; 0 tells each.
QUIET_MINUTES = float(os.environ.get("QUIET_MINUTES", "15"))
#: Seconds that are kept for telling the topic.
RESERVE = 5.0

#: When a service and cause was told last; lives as long as the function stays warm.
_told: dict[tuple[str, str], float] = {}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Runs once for each event, and returns what it found as JSON."""
    seconds = max(context.get_remaining_time_in_millis() / 1000 - RESERVE, 1.0)
    try:
        report: ecs_triage.Report = aws.settle(event, session=SESSION, timeout=seconds)
    except ecs_triage.CredentialsError:
        # The event alone still tells something.
        log.exception("the account could not be looked into")
        report = ecs_triage.diagnose(event)
    found = report.diagnoses[0].code if report.diagnoses else "undetermined"
    log.info("%s: %s", report.verdict, found)
    told = report.verdict in ("failure", "undetermined") and is_news(subject(report), found)
    if told:
        SNS.publish(TopicArn=TOPIC, **notification(report))
    return {"verdict": report.verdict, "code": found, "told": told, "report": json.loads(report.to_json())}


def subject(report: ecs_triage.Report) -> str:
    """What the report is about, for telling repetitions: the service, else the family without its revision."""
    first = report.subjects[0] if report.subjects else None
    if first is None:
        return ""
    return first.service or (first.family or first.id).rsplit(":", 1)[0]


def is_news(name: str, code: str) -> bool:
    """Whether this was not told a short while ago."""
    now = time.monotonic()
    last = _told.get((name, code))
    if last is not None and now - last < 60 * QUIET_MINUTES:
        return False
    _told[name, code] = now
    return True
