"""Live triage: finds what failed with boto3, makes the calls that the diagnosis wants, and diagnoses.

Every call only reads. Which calls are made, in which order, and what is kept of them is decided by the same code as in the
command ``ecs-triage live``; here they are only made. Needs ``pip install 'ecs-triage[aws]'``, or any boto3.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Iterable, NamedTuple, Optional, Union

from . import _core
from ._documents import Document, Time, gather, time_text
from ._errors import CredentialsError, FileError
from ._report import Report, _restored
from ._verify import Verification, read

if TYPE_CHECKING:
    import boto3

__all__ = ["Call", "Triage", "iam_policy", "look_again", "settle", "triage", "triage_async"]

#: Codes of botocore's own for an answer without a body, and their names in AWS's words.
_STATUS_CODES = {"403": "Forbidden", "429": "TooManyRequestsException", "500": "InternalFailure", "503": "ServiceUnavailable"}

Progress = Callable[[str, str, Optional[str]], object]
"""Hears of each call: the service, the operation, and ``None`` when it begins, ``""`` when it was answered, or a code."""


class Call(NamedTuple):
    """A call that was made."""

    service: str
    """Service as botocore names it."""
    operation: str
    """Operation."""
    round: int
    """Round in which it was made; those of round 0 looked for the subject."""
    error: Optional[str]
    """Code of the error that it ended in; ``None`` when it was answered."""


class Triage(Report):
    """A report, and what it took to get it."""

    __slots__ = ("_calls", "_files", "_notes", "_policy")

    _calls: tuple[Call, ...]
    _files: tuple[tuple[str, str], ...]
    _notes: tuple[str, ...]
    _policy: Optional[str]

    @classmethod
    def _made_of(cls, native: _core.Triage) -> Triage:
        made = cls._of(native.report())
        made._set(
            tuple(Call(*call) for call in native.made()),
            tuple(native.recorded()),
            tuple(native.notes()),
            native.missing_permissions(),
        )
        return made

    def _set(
        self,
        calls: tuple[Call, ...],
        files: tuple[tuple[str, str], ...],
        notes: tuple[str, ...],
        policy: Optional[str],
    ) -> None:
        for name, value in (("_calls", calls), ("_files", files), ("_notes", notes), ("_policy", policy)):
            object.__setattr__(self, name, value)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that were made, in the order of their answers."""
        return self._calls

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know beside the report: that stopped tasks are gone, that the time was up."""
        return self._notes

    @property
    def missing_permissions(self) -> Optional[dict[str, Any]]:
        """The policy document that would allow the calls that were refused; ``None`` when none was."""
        return None if self._policy is None else json.loads(self._policy)

    def save(self, folder: Union[str, os.PathLike[str]]) -> None:
        """Keep every call with its answer as a file of this new folder, without the values of environment variables.

        Documents that were given to ``settle`` are not among them.

        ``ecs_triage.diagnose(Path(folder))`` and the command ``ecs-triage FOLDER`` give the same report again.

        Raises ``FileError`` when the folder is not empty, so that the evidence of two incidents is not mixed, or when it
        cannot be written.
        """
        path = Path(folder)
        try:
            path.mkdir(parents=True, exist_ok=True)
            if any(path.iterdir()):
                raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))
            for name, text in (*((f"{name}.json", text) for name, text in self._files), ("report.md", self.markdown())):
                # Names and logs of an account are for its people alone.
                with open(os.open(path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(text.encode())
        except OSError as error:
            raise FileError(error.errno, error.strerror, str(path)) from error

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored_triage, (*super().__reduce__()[1], self._calls, self._files, self._notes, self._policy)


def _restored_triage(
    json: str, markdown: str, text: str, calls: Any, files: Any, notes: Any, policy: Optional[str]
) -> Triage:
    report = Triage._of(_restored(json, markdown, text)._native)
    report._set(calls, files, notes, policy)
    return report


def triage(
    session: Optional[boto3.Session] = None,
    *,
    cluster: Optional[str] = None,
    service: Optional[str] = None,
    tasks: Union[str, Iterable[str]] = (),
    family: Optional[str] = None,
    save: Union[str, os.PathLike[str], None] = None,
    timeout: float = 90,
    call_timeout: float = 20,
    concurrency: int = 8,
    observed_at: Time = None,
    progress: Optional[Progress] = None,
) -> Triage:
    """Find what failed in an account, fetch what its diagnosis wants, and diagnose.

    ``tasks`` (ARNs or ids), ``service`` (name or ARN) or ``family`` says what to look at in ``cluster``; without any of them
    it is whatever is wrong there. The cluster is that of the ARNs, else ``default``. ECS forgets a stopped task about an
    hour after it stopped; then the events and deployments of the service still tell.

    A call that is refused or fails is evidence too, so that the report goes as far as it can; ``missing_permissions`` of the
    result is the policy that would allow the rest. ``save`` keeps the evidence in a new folder, see ``Triage.save``.

    ``timeout`` is the time for everything and ``call_timeout`` that for each call, in seconds; at most ``concurrency`` calls
    run at once. ``session`` is any session of boto3, by default one of its own. ``observed_at`` stands for the clock.

    Raises:
        CredentialsError: AWS does not accept the credentials, or there are none, and nothing was answered.
        FileError: the folder to save to is not empty, or cannot be written.
        ValueError: more than one of ``tasks``, ``service`` and ``family`` is given.
        ImportError: boto3 is not installed.
    """
    target = _target(cluster, service, tasks, family)
    limits = _limits(timeout, call_timeout, concurrency, observed_at)
    return _finished(_made_with(session, target, limits, progress), save)


def look_again(
    before: Report,
    session: Optional[boto3.Session] = None,
    *,
    service: str,
    cluster: Optional[str] = None,
    timeout: float = 90,
    call_timeout: float = 20,
    concurrency: int = 8,
) -> Verification:
    """Look at a service after a change and say whether it has recovered since an earlier report.

    While a deployment replaces another, only the tasks of the new one count; tasks that the report already had are not
    counted again. What failed since is diagnosed in full. Call it until ``recovery`` is no longer ``rolling-out``.

    Takes the rest as ``triage`` does. Raises ``ImportError`` when boto3 is not installed.
    """
    return read(*_looked(before, session, cluster, service, timeout, call_timeout, concurrency).answer())


def settle(
    *documents: Document,
    session: Optional[boto3.Session] = None,
    timeout: float = 90,
    call_timeout: float = 20,
    concurrency: int = 8,
    observed_at: Time = None,
    progress: Optional[Progress] = None,
    **named: Document,
) -> Triage:
    """Make the calls that the diagnosis of the documents at hand wants, and diagnose everything together.

    For programs that have something to begin with, such as an event of EventBridge. Takes documents as ``diagnose`` does and
    the rest as ``triage`` does; raises what they raise.
    """
    given = gather(documents, named, observed_at, None)
    limits = _limits(timeout, call_timeout, concurrency, observed_at)
    with _Boto3(session, call_timeout, concurrency) as caller:
        native = _core.triage(caller.submit, progress or _nobody, caller.region, given, None, None, [], None, *limits)
    return _finished(native, None)


async def triage_async(
    session: Any,
    *,
    cluster: Optional[str] = None,
    service: Optional[str] = None,
    tasks: Union[str, Iterable[str]] = (),
    family: Optional[str] = None,
    save: Union[str, os.PathLike[str], None] = None,
    timeout: float = 90,
    call_timeout: float = 20,
    concurrency: int = 8,
    observed_at: Time = None,
    progress: Optional[Progress] = None,
) -> Triage:
    """The same with a session of aiobotocore, in the event loop that runs.

    Takes and raises as ``triage`` does.
    """
    target = _target(cluster, service, tasks, family)
    limits = _limits(timeout, call_timeout, concurrency, observed_at)
    async with _Aio(session, call_timeout) as caller:
        native = await asyncio.to_thread(
            _core.triage, caller.submit, progress or _nobody, caller.region, None, *target, *limits
        )
    return _finished(native, save)


def iam_policy() -> dict[str, Any]:
    """The smallest IAM policy that lets ``triage`` make every call it can make; all of them only read."""
    found: dict[str, Any] = json.loads(_core.iam_policy())
    return found


def _target(
    cluster: Optional[str], service: Optional[str], tasks: Union[str, Iterable[str]], family: Optional[str]
) -> tuple[Optional[str], Optional[str], list[str], Optional[str]]:
    wanted = [tasks] if isinstance(tasks, str) else list(tasks)
    if sum(map(bool, (service, wanted, family))) > 1:
        raise ValueError("expected one of `tasks`, `service` and `family`, found more")
    return cluster, service, wanted, family


def _limits(timeout: float, call_timeout: float, concurrency: int, at: Time) -> tuple[float, float, int, Optional[str]]:
    return float(timeout), float(call_timeout), max(1, concurrency), time_text(at)


def _made_with(session: Any, target: Any, limits: Any, progress: Optional[Progress]) -> _core.Triage:
    with _Boto3(session, limits[1], limits[2]) as caller:
        return _core.triage(caller.submit, progress or _nobody, caller.region, None, *target, *limits)


def _looked(
    before: Report,
    session: Any,
    cluster: Optional[str],
    service: str,
    timeout: float,
    call_timeout: float,
    concurrency: int,
) -> _core.Look:
    limits = _limits(timeout, call_timeout, concurrency, None)[:3]
    with _Boto3(session, call_timeout, concurrency) as caller:
        return _core.look_again(caller.submit, caller.region, cluster, service, before.to_json().encode(), *limits)


def _finished(native: _core.Triage, save: Union[str, os.PathLike[str], None]) -> Triage:
    found = Triage._made_of(native)
    error = native.credentials_error()
    if error is not None and all(call.error for call in found.calls):
        raise CredentialsError(error)
    if save is not None:
        found.save(save)
    return found


def _nobody(service: str, operation: str, code: Optional[str]) -> None:
    """Listens to nothing."""


def _config(call_timeout: float) -> Any:
    from botocore.config import Config

    return Config(
        connect_timeout=min(5.0, call_timeout),
        read_timeout=call_timeout,
        retries={"mode": "adaptive", "total_max_attempts": 4},
        user_agent_extra=f"ecs-triage/{_core.__version__}",
    )


def _make(reply: _core.Reply, call: Callable[[], Any]) -> None:
    """Makes a call and hands in how it ended."""
    from botocore import exceptions as failures
    from botocore.parsers import ResponseParserError

    try:
        answer = call()
        answer.pop("ResponseMetadata", None)
        reply.answered(answer)
    except failures.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "Unknown"))
        message = str(error.response.get("Error", {}).get("Message", ""))
        reply.refused(_STATUS_CODES.get(code, code), message)
    except (
        failures.NoCredentialsError,
        failures.PartialCredentialsError,
        failures.CredentialRetrievalError,
        failures.TokenRetrievalError,
        failures.SSOError,
    ) as error:
        reply.no_credentials(str(error))
    except (ResponseParserError, failures.IncompleteReadError) as error:
        reply.garbled(str(error))
    except Exception as error:  # whatever it is, the triage goes on without this answer
        reply.unanswered(f"{type(error).__name__}: {error}")


class _Boto3:
    """Makes calls with boto3 in threads."""

    def __init__(self, session: Optional[boto3.Session], call_timeout: float, concurrency: int) -> None:
        if session is None:
            try:
                import boto3
            except ImportError as error:
                raise ImportError("live triage needs boto3: pip install 'ecs-triage[aws]'") from error
            session = boto3.Session()
        self._session = session
        self._config = _config(call_timeout)
        self._clients: dict[tuple[str, Optional[str]], Any] = {}
        # Sessions of boto3 are not made for several threads; clients are.
        self._making = threading.Lock()
        self._pool = ThreadPoolExecutor(max(1, concurrency), thread_name_prefix="ecs-triage")
        self.region: Optional[str] = session.region_name

    def submit(self, service: str, operation: str, params: dict[str, Any], region: Optional[str], reply: _core.Reply) -> None:
        """Begins a call."""
        self._pool.submit(_make, reply, lambda: self._call(service, operation, params, region))

    def _call(self, service: str, operation: str, params: dict[str, Any], region: Optional[str]) -> Any:
        from botocore import xform_name

        with self._making:
            client = self._clients.get((service, region))
            if client is None:
                client = self._session.client(service, region_name=region, config=self._config)
                self._clients[service, region] = client
        return getattr(client, xform_name(operation))(**params)

    def __enter__(self) -> _Boto3:
        return self

    def __exit__(self, *_: object) -> None:
        # Waits for nothing: what still runs ends by its own time-out.
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Aio:
    """Makes calls with aiobotocore in the event loop."""

    def __init__(self, session: Any, call_timeout: float) -> None:
        self._session = session
        self._config = _config(call_timeout)
        self._clients: dict[tuple[str, Optional[str]], Any] = {}
        self._making = asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        self.region: Optional[str] = session.get_config_variable("region")

    async def __aenter__(self) -> _Aio:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients.values():
            await client.__aexit__(None, None, None)

    def submit(self, service: str, operation: str, params: dict[str, Any], region: Optional[str], reply: _core.Reply) -> None:
        """Begins a call, from the thread in which the triage runs."""
        asyncio.run_coroutine_threadsafe(self._reply(service, operation, params, region, reply), self._loop)

    async def _reply(
        self, service: str, operation: str, params: dict[str, Any], region: Optional[str], reply: _core.Reply
    ) -> None:
        try:
            answer = await self._call(service, operation, params, region)
        except BaseException as error:
            failure = error
            _make(reply, lambda: _raise(failure))
            if not isinstance(error, Exception):
                raise
        else:
            _make(reply, lambda: answer)

    async def _call(self, service: str, operation: str, params: dict[str, Any], region: Optional[str]) -> Any:
        from botocore import xform_name

        async with self._making:
            client = self._clients.get((service, region))
            if client is None:
                made = self._session.create_client(service, region_name=region, config=self._config)
                client = await made.__aenter__()
                self._clients[service, region] = client
        call: Awaitable[Any] = getattr(client, xform_name(operation))(**params)
        return await call


def _raise(error: BaseException) -> Any:
    raise error
