"""`ecs-triage live` of the wheel: the command's own flags, with boto3 making the calls."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from typing import Any, Optional, Sequence

from . import _core
from ._errors import CredentialsError, EcsTriageError
from ._report import Report
from ._verify import Verification, read

#: Lines longer than this are hard to read, however wide the terminal.
_WIDEST = 100
#: How often the service is looked at while it is followed, in seconds.
_EVERY = 10

_EXAMPLES = """\
examples:
  ecs-triage live --cluster prod --service web
  ecs-triage live --task arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef
  ecs-triage live --cluster prod --save incident/       # keeps the evidence, for a ticket
  ecs-triage live --cluster prod --service web --watch  # after the fix

Credentials and Region come from where boto3 has them. Every call only reads; `ecs-triage iam-policy` prints the policy
that it takes. ECS forgets a stopped task about an hour after it stopped.

exit status: 0 nothing wrong, 1 a failure was diagnosed, 2 wrong usage, 3 could not determine"""


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
        session = _session(boto3, args)
        target = aws._target(args.cluster, args.service, args.task, args.family)
        limits = aws._limits(args.timeout, 20, 8, None)
        native = aws._made_with(session, target, limits, progress.tell)
        report = aws._finished(native, None)
    except CredentialsError as error:
        profile = f" --profile {args.profile}" if args.profile else ""
        _say(f"no valid credentials of AWS ({error}); sign in with `aws sso login{profile}`, or name a --profile")
        return 3
    except (BotoCoreError, ClientError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("interrupted")
    finally:
        progress.clear()
    try:
        redactor = _Redactor(args)
        _print(redactor.triage(native) or report, args)
        redactor.keep()
    except (OSError, ValueError) as error:
        return _fail(f"`{args.redact_map}`: {error}")
    if args.show_calls:
        for call in report.calls:
            print(f"round {call.round} {call.service}:{call.operation}: {call.error or 'answered'}", file=sys.stderr)
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
    if args.watch:
        return _follow(session, native, report, redactor, args)
    return {"failure": 1, "undetermined": 3}.get(report.verdict, 0)


def _follow(session: Any, native: _core.Triage, report: Report, redactor: _Redactor, args: argparse.Namespace) -> int:
    """Look at the service again and again, until it has recovered or failed anew."""
    from . import aws

    found = native.to_follow()
    if found is None:
        return _fail("there is no service to follow; name one with --service")
    end = time.monotonic() + 60 * args.watch_minutes
    said = None
    try:
        while True:
            look = aws._looked(report, session, *found, 90, 20, 8)
            seen = read(*redactor.look(look).answer())
            redactor.keep()
            is_failing = seen.recovery in ("still-failing", "failing-differently")
            if seen.recovery == "recovered" or is_failing or time.monotonic() >= end:
                break
            if args.format == "text" and seen.summary != said:
                said = seen.summary
                print(said, flush=True)
            time.sleep(_EVERY)
    except KeyboardInterrupt:
        return 3
    _conclude(seen, is_failing, redactor.look(look).answer()[0], args)
    return 0 if seen.recovery == "recovered" else 1 if is_failing else 3


def _conclude(seen: Verification, is_failing: bool, answer: str, args: argparse.Namespace) -> None:
    if args.format == "json":
        print(json.dumps(json.loads(answer), indent=2, ensure_ascii=False))
        return
    print(f"\n{seen.summary}\n")
    if is_failing:
        _print(seen.report, args)


class _Redactor:
    """Hides names where that is asked for, by the placeholders of the map if one is named."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._path: Optional[str] = args.redact_map
        self._redactor: Optional[_core.Redactor] = None
        if args.redact or self._path:
            known = None
            if self._path and os.path.exists(self._path):
                with open(self._path, "rb") as file:
                    known = file.read()
            self._redactor = _core.Redactor(known)

    def triage(self, native: _core.Triage) -> Optional[Report]:
        return Report._of(self._redactor.triage(native)) if self._redactor else None

    def look(self, look: _core.Look) -> _core.Look:
        return self._redactor.look(look) if self._redactor else look

    def keep(self) -> None:
        """Write the map; nobody else may read it, for it undoes what was hidden."""
        if self._redactor and self._path:
            with open(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(self._redactor.map())


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


def _print(report: Report, args: argparse.Namespace) -> None:
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
    add("--redact", action="store_true", help="hide account ids and names, the same one always by the same placeholder")
    add("--redact-map", metavar="FILE", help="as --redact, with the placeholders of this file, which is made if need be")
    add("--watch", action="store_true", help="after the report, follow the service until it has recovered or failed again")
    add("--watch-minutes", metavar="MINUTES", type=float, default=30, help="how long to follow it at most")
    add("--show-calls", action="store_true", help="list the calls that were made on standard error")
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
