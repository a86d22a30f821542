"""The report for a notebook: one block of HTML that needs nothing from outside."""

from __future__ import annotations

import json
import math
import re
from html import escape
from typing import TYPE_CHECKING, Iterator, Sequence

from ._record import written
from .results import Citation, Diagnosis, Moment, Remedy, Subject

if TYPE_CHECKING:
    from ._report import Report

#: Colours that can be read on white and on black.
_COLOURS = {
    "failure": "#d1242f",
    "undetermined": "#9a6700",
    "in-progress": "#0969da",
    "not-a-failure": "#1a7f37",
    "healthy": "#1a7f37",
}
_LONGEST_VALUE = 300


def render(report: Report) -> str:
    """The report as HTML. Text of the evidence is escaped; there is no script."""
    parts = ['<div class="ecs-triage" style="max-width:60em;line-height:1.4">']
    for subject in report.subjects:
        parts.extend(_subject(subject))
    if not report.subjects:
        parts.append("<p>Nothing to diagnose: no task, service or message was found in the input.</p>")
    if report.wants:
        parts.append("<p><b>To be sure, add the answers to these read-only calls:</b></p><ul>")
        parts.extend(f"<li>{escape(want.why)}{_code(want.cli)}</li>" for want in report.wants)
        parts.append("</ul>")
    if report.problems:
        parts.append("<p><b>Not read:</b></p><ul>")
        for problem in report.problems:
            place = escape(f"{problem.document} {problem.pointer}".rstrip())
            parts.append(f"<li><code>{place}</code>: {escape(problem.message)}</li>")
        parts.append("</ul>")
    parts.append("</div>")
    return "".join(parts)


def _subject(subject: Subject) -> Iterator[str]:
    names = [subject.kind.replace("-", " "), subject.id.rsplit("/", 1)[-1]]
    names += [name for name in (subject.service, subject.family, subject.launch_type) if name]
    colour = _COLOURS.get(subject.verdict, "inherit")
    mark = subject.verdict.replace("-", " ").upper()
    yield f'<h4 style="margin:1em 0 .3em">{escape("  ".join(names))}</h4>'
    yield f'<p style="color:{colour};margin:.3em 0"><b>{escape(mark)}</b></p>'
    yield timeline(subject.timeline)
    for diagnosis in subject.diagnoses:
        yield from _diagnosis(diagnosis)
    for consequence in subject.consequences:
        yield f"<p>So: {_words(consequence.summary)}</p>"
    for advisory in subject.advisories:
        yield f"<p>{escape(advisory.severity.capitalize())}: {_words(advisory.summary)} {_words(advisory.advice)}</p>"


def _diagnosis(diagnosis: Diagnosis) -> Iterator[str]:
    yield f"<p><b>{_words(diagnosis.summary)}</b><br/><code>{escape(diagnosis.code)}</code> ({diagnosis.confidence})</p>"
    yield f"<p>{_words(diagnosis.explanation)}</p><ul>"
    yield from map(_citation, diagnosis.evidence)
    yield "</ul>"
    for remedy in diagnosis.remedies:
        yield from _remedy(remedy)
    links = " ".join(f'<a href="{escape(page)}" rel="noopener noreferrer">{escape(page)}</a>' for page in diagnosis.docs)
    yield f'<p style="font-size:85%">{links}</p>'


def _citation(citation: Citation) -> str:
    value = json.dumps(citation.value, ensure_ascii=False)
    if len(value) > _LONGEST_VALUE:
        value = value[:_LONGEST_VALUE] + "…"
    place = f"{citation.document} {citation.pointer}" + (f" > {citation.within}" if citation.within else "")
    return f"<li><code>{escape(place.rstrip())}</code><br/><code>{escape(value)}</code></li>"


def _remedy(remedy: Remedy) -> Iterator[str]:
    touches = f" [changes {remedy.blast_radius}]" if remedy.mutating else ""
    proven = " [proven]" if remedy.proven else ""
    title = f"Fix: {_words(remedy.title + touches + proven)}"
    if remedy.body is not None and not isinstance(remedy.body, str):
        # Patches and documents are for programs: shown when wanted.
        document = _code(json.dumps(remedy.body, indent=2, ensure_ascii=False))
        yield f"<details><summary>{title}</summary>{document}</details>"
        return
    yield f"<p>{title}</p>"
    if remedy.command:
        yield _code(remedy.command)
    if remedy.body is not None:
        yield f"<p>{_words(remedy.body)}</p>"


def _words(text: str) -> str:
    """Prose of the engine, in which names stand between backticks."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text))


def _code(text: str) -> str:
    return f'<pre style="white-space:pre-wrap;overflow-wrap:anywhere;margin:.3em 0"><code>{escape(text)}</code></pre>'


def timeline(moments: Sequence[Moment]) -> str:
    """The points of a task's life on a line, as SVG; the way between two grows with the logarithm of the time."""
    if not moments:
        return ""
    left, gap, height = 50.0, 70.0, 64
    places, labels = [left], [""]
    for before, after in zip(moments, moments[1:]):
        seconds = max((after.at - before.at).total_seconds(), 0.0)
        places.append(places[-1] + gap + 22 * math.log10(1 + seconds))
        labels.append("+" + _duration(seconds))
    width = places[-1] + left
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" style="max-width:100%" fill="currentColor" font-size="10" font-family="sans-serif" '
        f'text-anchor="middle"><title>The life of the task</title>'
        f'<line x1="{places[0]:.1f}" x2="{places[-1]:.1f}" y1="32" y2="32" stroke="currentColor" stroke-width="2"/>'
    ]
    for index, (at, place, label) in enumerate(zip(moments, places, labels)):
        parts.append(
            f'<circle cx="{place:.1f}" cy="32" r="5"><title>{escape(written(at.at))}</title></circle>'
            f'<text x="{place:.1f}" y="{18 if index % 2 else 52}">{escape(at.what)}</text>'
        )
        if label:
            parts.append(f'<text x="{(places[index - 1] + place) / 2:.1f}" y="27" opacity=".7">{escape(label)}</text>')
    parts.append(f"</svg><br/><small>since {escape(written(moments[0].at))}</small>")
    return "".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    for unit, size, lesser, lesser_size in (("min", 60, "s", 1), ("h", 3600, "min", 60), ("d", 86400, "h", 3600)):
        if whole < size * (60 if unit == "min" else 24) or unit == "d":
            rest = whole % size // lesser_size
            return f"{whole // size} {unit}" + (f" {rest} {lesser}" if rest else "")
    raise AssertionError("days have no end")
