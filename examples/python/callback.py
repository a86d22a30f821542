"""A callback for Airflow and Prefect: a failed ECS task is explained in the log and in the alert.

Airflow: `EcsRunTaskOperator(..., on_failure_callback=airflow_callback)`. Prefect: `@flow(on_failure=[prefect_hook])`, with
the task's ARN among the flow's parameters. Nothing here imports either: they call these functions with what they have.
"""

from __future__ import annotations

import logging
import re
from typing import Any, Optional

from ecs_triage import EcsTriageError, Report, aws

log = logging.getLogger(__name__)

_TASK = re.compile(r"arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task/[\w/-]+")


def explain(text: str, session: Any = None) -> Optional[Report]:
    """The diagnosis of the task whose ARN stands in a text, such as the operator's error; `None` without one.

    A callback must not fail for a second reason: what goes wrong here is logged.
    """
    found = _TASK.search(text)
    if found is None:
        return None
    try:
        report = aws.triage(session, tasks=found.group(), timeout=60)
    except (EcsTriageError, ImportError) as error:
        log.warning("the task could not be diagnosed: %s", error)
        return None
    log.error("%s", report)
    return report


def airflow_callback(context: dict[str, Any]) -> None:
    """`on_failure_callback`: the report goes to the log of the task and, as Markdown, to XCom under `ecs_triage`."""
    instance = context["task_instance"]
    arn = instance.xcom_pull(task_ids=instance.task_id, key="ecs_task_arn") or ""
    report = explain(f"{arn} {context.get('exception')}")
    if report is not None:
        instance.xcom_push(key="ecs_triage", value=report.markdown())


def prefect_hook(flow: Any, flow_run: Any, state: Any) -> Optional[str]:
    """`on_failure` of a flow: returns the Markdown, for a notification block."""
    report = explain(f"{flow_run.parameters.get('task_arn', '')} {state.message}")
    return None if report is None else report.markdown()
