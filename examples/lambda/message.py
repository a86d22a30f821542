"""A report as a message of Amazon SNS: Markdown by mail and queue, and a notification for Slack and Teams.

A topic may have subscribers of several protocols. Amazon Q Developer in chat applications (AWS Chatbot) subscribes over HTTPS and
shows a custom notification: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""

from __future__ import annotations

import json
from typing import Iterator, TypedDict

from ecs_triage import Diagnosis, Report

#: Most characters of a subject: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
LONGEST_SUBJECT = 100
#: Most bytes of all texts of a message together are 262,144; each is kept well below.
LONGEST_MARKDOWN = 60_000
#: Most characters of a notification's description.
LONGEST_CHAT = 8000


class Notification(TypedDict):
    """What `publish` takes beside the topic."""

    Subject: str
    Message: str
    MessageStructure: str


def notification(report: Report) -> Notification:
    """The message about a report."""
    markdown = cut(report.markdown(), LONGEST_MARKDOWN)
    texts = {"default": markdown, "email": cut(report.text(100), LONGEST_MARKDOWN), "https": json.dumps(chat(report))}
    return {"Subject": line(title(report)), "Message": json.dumps(texts), "MessageStructure": "json"}


def title(report: Report) -> str:
    """The report in a line."""
    first = report.subjects[0] if report.subjects else None
    name = first and (first.service or first.family or first.id)
    cause = report.diagnoses[0].title if report.diagnoses else "the evidence does not say why"
    return f"{name or 'ECS task'}: {cause}"


def line(text: str) -> str:
    """A subject: printable ASCII, no line break, not too long."""
    plain = "".join(letter if " " <= letter <= "~" else " " for letter in text)
    return plain if len(plain) <= LONGEST_SUBJECT else plain[: LONGEST_SUBJECT - 3] + "..."


def chat(report: Report) -> dict[str, object]:
    """The custom notification for chat applications."""
    paragraphs = [part for diagnosis in report.diagnoses[:1] for part in diagnosis_in_chat(diagnosis)]
    if not paragraphs:
        paragraphs = ["The evidence does not say why."]
    paragraphs += [f"To be sure:\n```\n{fenced(want.cli)}\n```" for want in report.wants[:3]]
    subject = report.subjects[0].id if report.subjects else None
    return {
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": f":rotating_light: {title(report)}",
            "description": cut("\n\n".join(paragraphs), LONGEST_CHAT),
        },
        "metadata": {"threadId": subject or "ecs-triage", "summary": line(title(report))},
    }


def diagnosis_in_chat(diagnosis: Diagnosis) -> Iterator[str]:
    """The cause, the proof and the fix, in the Markdown of chat applications."""
    yield f"*{escaped(diagnosis.summary)}*\n`{diagnosis.code}` ({diagnosis.confidence})"
    yield escaped(diagnosis.explanation)
    proof = [
        f"• `{citation.document} {citation.pointer}`: `{fenced(json.dumps(citation.value, ensure_ascii=False))[:300]}`"
        for citation in diagnosis.evidence[:3]
    ]
    yield "*Proof*\n" + "\n".join(proof)
    for remedy in diagnosis.remedies[:3]:
        proven = ", proven" if remedy.proven else ""
        what = f"*Fix*: {escaped(remedy.title)} ({'changes' if remedy.mutating else 'touches'} {remedy.blast_radius}{proven})"
        if remedy.command:
            what += f"\n```\n{fenced(remedy.command)}\n```"
        elif isinstance(remedy.body, str):
            what += f"\n{escaped(remedy.body)}"
        yield what
    yield from diagnosis.docs[:1]


def escaped(text: str) -> str:
    """Text in which nothing from the evidence acts as a link or a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fenced(text: str) -> str:
    """Text between backticks that cannot end them."""
    return escaped(text).replace("`", "'")


def cut(text: str, longest: int) -> str:
    """No more than so many characters, with open code closed."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 10].rsplit("\n", 1)[0]
    return kept + ("\n```\n…" if kept.count("```") % 2 else "\n…")
