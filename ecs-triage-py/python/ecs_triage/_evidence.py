"""Evidence that grows: for programs that fetch what a report wants themselves."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from . import _core
from ._documents import Document, Rules, Time, add, add_rules, pieces, time_text
from ._errors import InvalidTimeError
from ._report import Report

__all__ = ["Evidence"]


class Evidence:
    """The documents at hand, added one by one.

    The loop of every adapter::

        evidence = Evidence(client.describe_tasks(cluster="prod", tasks=[arn]))
        while wants := [want for want in evidence.diagnose().wants if want.cli not in asked]:
            for want in wants:
                asked.add(want.cli)
                evidence.add_answer(want.service, want.operation, want.params, fetch(want))

    May be used from several threads; each call sees all that was added before it.
    """

    __slots__ = ("_native",)

    def __init__(self, *documents: Document, observed_at: Time = None, **named: Document) -> None:
        """Evidence of these documents, as ``add`` takes them; ``observed_at`` says when they were fetched."""
        self._native = _core.Evidence(time_text(observed_at))
        for document in documents:
            self.add(document)
        for name, document in named.items():
            self.add(document, name=name.replace("_", "-"))

    def add(self, document: Document, *, name: Optional[str] = None) -> None:
        """Add a document, if need be under the name by which citations shall refer to it.

        A name that begins with the command of the AWS CLI, such as ``get-role-policy-task``, also tells what was asked.

        Raises ``EvidenceError`` for what cannot be used (the report says so too, and what was added before still counts)
        and ``FileError`` for a file that cannot be read.
        """
        for one_name, one in pieces(name, document):
            add(self._native, one_name, one)

    def add_answer(self, service: str, operation: str, params: Mapping[str, Any], answer: Any) -> None:
        """Add the answer to a call, with botocore's names: ``"iam", "ListRolePolicies", {"RoleName": …}``.

        Raises ``EvidenceError`` for an answer of which nothing is read here; that it came is known all the same.
        """
        self._native.add_answer(service, operation, params, answer)

    def add_failure(self, service: str, operation: str, params: Mapping[str, Any], code: str, message: str) -> None:
        """Add the error that a call ended in; that a call was refused is evidence too.

        Raises ``EvidenceError`` when nothing can be read out of it.
        """
        self._native.add_failure(service, operation, params, code, message)

    def add_rules(self, rules: Rules) -> None:
        """Add rules of your own, for ``diagnose`` and ``check``: the text of a TOML file, or its path.

        Raises ``RulesError`` when they cannot be used.
        """
        add_rules(self._native, rules)

    def observed(self, at: Time) -> None:
        """Say when the evidence was fetched.

        Raises ``InvalidTimeError`` for what is no time.
        """
        text = time_text(at)
        if text is None:
            raise InvalidTimeError("None")
        self._native.observed(text)

    @property
    def documents(self) -> tuple[str, ...]:
        """The names by which citations refer to the documents, in the order in which they were added."""
        return tuple(self._native.documents())

    def diagnose(self) -> Report:
        """What the evidence shows."""
        return Report._of(self._native.diagnose())

    def check(self) -> Report:
        """What would go wrong with the task definitions among the evidence, as ``ecs_triage.check`` says it."""
        return Report._of(self._native.check())

    def __repr__(self) -> str:
        return f"<Evidence of {', '.join(self.documents) or 'nothing'}>"
