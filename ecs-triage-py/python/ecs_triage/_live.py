"""`ecs-triage live` of the wheel: the command's own flags, with boto3 making the calls."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from typing import Any, Optional, Sequence

from ._errors import CredentialsError, EcsTriageError

#: Lines longer than this are hard to read, however wide the terminal.
_WIDEST = 100

_EXAMPLES = """\
examples:
  ecs-triage live --cluster prod --service web
  ecs-triage live --task arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef
  ecs-triage live --cluster prod --save incident/       # keeps the evidence, for a ticket

Credentials and Region come from where boto3 has them. Every call only reads; `ecs-triage iam-policy` prints the policy
that it takes. ECS forgets a stopped task about an hour after it stopped.

exit status: 0 nothing wrong, 1 a failure was diagnosed, 2 wrong usage or no access, 3 could not determine"""


def main(arguments: Sequence[str]) -> int:
    """Look into the account, print the report, and return the exit status."""
    parser = _parser()
    args = parser.parse_args(arguments)
    if sum(map(bool, (args.task, args.service, args.family))) > 1:
        parser.error("expected one of --task, --service and --family, found more")
    try:
        import boto3
    except ImportError:
        return _fail("`live` needs boto3: pip install 'ecs-triage[aws]'")
    if args.save and os.path.isdir(args.save) and os.listdir(args.save):
        return _fail(f"`{args.save}` is not empty; name a new folder, so that the evidence of two incidents is not mixed")
    return _look(boto3, args)


def _look(boto3: object, args: argparse.Namespace) -> int:
    from botocore.exceptions import BotoCoreError, ClientError

    from . import aws

    progress = _Progress(sys.stderr.isatty())
    try:
        report = aws.triage(
            _session(boto3, args),
            cluster=args.cluster,
            service=args.service,
            tasks=args.task,
            family=args.family,
            timeout=args.timeout,
            progress=progress.tell,
        )
    except CredentialsError as error:
        profile = f" --profile {args.profile}" if args.profile else ""
        return _fail(f"no valid credentials of AWS ({error}); sign in with `aws sso login{profile}`, or name a --profile")
    except (BotoCoreError, ClientError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("interrupted")
    finally:
        progress.clear()
    _print(report, args)
    for note in report.notes:
        _say(note)
    if report.missing_permissions:
        policy = json.dumps(report.missing_permissions, indent=2)
        _say(f"calls were refused, so the report goes without their answers; this policy would allow them:\n{policy}")
    if args.save:
        try:
            report.save(args.save)
        except EcsTriageError as error:
            return _fail(str(error))
        _say(f"kept the answers in `{args.save}`; `ecs-triage {args.save}` diagnoses them again")
    return {"failure": 1, "undetermined": 3}.get(report.verdict, 0)


def _session(boto3: object, args: argparse.Namespace) -> Any:
    # An ARN says where it is.
    arns = [*args.task, args.service or "", args.cluster or ""]
    region = args.region or next((arn.split(":")[3] for arn in arns if arn.startswith("arn:") and arn.count(":") >= 5), None)
    if args.endpoint_url:
        os.environ["AWS_ENDPOINT_URL"] = args.endpoint_url
    make = getattr(boto3, "Session")
    session = make(region_name=region, profile_name=args.profile)
    if args.role_arn:
        role = session.client("sts").assume_role(RoleArn=args.role_arn, RoleSessionName="ecs-triage")["Credentials"]
        session = make(
            role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"], region_name=session.region_name
        )
    return session


def _print(report: object, args: argparse.Namespace) -> None:
    from . import Report

    assert isinstance(report, Report)
    is_terminal = sys.stdout.isatty()
    if args.format == "json":
        text = report.to_json()
    elif args.format == "markdown":
        text = report.markdown()
    else:
        colour = args.color == "always" or args.color == "auto" and is_terminal and not os.environ.get("NO_COLOR")
        width = min(shutil.get_terminal_size().columns, _WIDEST) if is_terminal else 80
        text = report.text(width, colour=colour)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        pass  # a reader that went away, such as `head`, is no fault


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "ecs-triage live",
        description="Look into the account: find the tasks, make the read-only calls that the diagnosis wants, and diagnose.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--cluster", help="name or ARN of the cluster; by default that of the tasks' ARNs, else `default`")
    add("--task", metavar="ARN", nargs="+", action="extend", default=[], help="ARN or id of a task; may be given more than once")
    add("--service", help="name or ARN of a service: its tasks, events, deployments and targets")
    add("--family", help="family of task definitions; without task, service and family: whatever is wrong in the cluster")
    add("--region", help="Region, where an ARN, the environment and the profile do not tell")
    add("--profile", help="profile of the shared configuration of AWS")
    add("--role-arn", metavar="ARN", help="role to assume for the calls")
    add("--endpoint-url", metavar="URL", help="endpoint of an AWS-compatible server, as AWS_ENDPOINT_URL")
    add("--format", choices=["text", "json", "markdown"], default="text", help="how to print the report")
    add("--color", choices=["auto", "always", "never"], default="auto", help="when to use colour; NO_COLOR turns it off as well")
    add("--save", metavar="DIR", help="keep the answers as files in this new folder, which `ecs-triage DIR` diagnoses again")
    add("--timeout", metavar="SECONDS", type=float, default=90, help="time for all calls; what has no answer by then is left out")
    return parser


class _Progress:
    """Which call is running, on a terminal."""

    def __init__(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._done = 0
        self._running: dict[str, int] = {}

    def tell(self, service: str, operation: str, code: Optional[str]) -> None:
        if not self._is_shown:
            return
        name = f"{service}:{operation}"
        self._running[name] = self._running.get(name, 0) + (1 if code is None else -1)
        self._done += code is not None
        running = " ".join(sorted(name for name, count in self._running.items() if count > 0))
        sys.stderr.write(f"\r\x1b[2K{f'{self._done} calls answered, now {running}'[:76]}")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def _say(text: str) -> None:
    print(f"ecs-triage: {text}", file=sys.stderr)


def _fail(text: str) -> int:
    _say(text)
    return 2
