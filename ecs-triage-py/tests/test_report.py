"""Results are typed and frozen, and say what the JSON says."""

import copy
import datetime
import json
import pickle
import sys
from xml.etree import ElementTree

import ecs_triage
import pytest
from conftest import REPOSITORY
from ecs_triage import causes
from test_diagnose import definition, response

INCIDENTS = REPOSITORY / "examples/incidents"


@pytest.fixture
def report():
    return ecs_triage.diagnose(response(), definition())


@pytest.mark.skipif(sys.version_info < (3, 10), reason="`match` came with Python 3.10")
def test_causes_match(report):
    namespace = {"causes": causes, "cause": report.diagnoses[0].cause}
    exec(  # Older interpreters could not read this file otherwise.
        "match cause:\n"
        "    case causes.AppExitUnknown():\n        found = 'wrong'\n"
        "    case causes.AppOomKilled(limit_mib=int() as limit):\n        found = limit\n",
        namespace,
    )
    assert namespace["found"] == 512
    assert causes.AppOomKilled.__match_args__[0] == "limit_mib"


def test_a_cause_knows_its_rule(report):
    cause = report.diagnoses[0].cause
    assert isinstance(cause, causes.AppOomKilled) and isinstance(cause, ecs_triage.Cause)
    assert (cause.code, cause.bucket, cause.kind) == ("app-oom-killed", "resources", "cause")
    assert cause == causes.AppOomKilled(**{name: getattr(cause, name) for name in cause.__match_args__})
    assert cause != causes.AppOomKilled(limit_mib=1)
    assert "limit_mib=512" in repr(cause)
    assert "app-oom-killed" in causes.AppOomKilled.__doc__


def test_every_cause_has_a_class():
    known = [cause for cause in ecs_triage.schema()["$defs"]["Cause"]["anyOf"] if "See the rule" in cause["description"]]
    assert len(causes.BY_CODE) == len(known) >= 224
    for code, cause in causes.BY_CODE.items():
        assert cause.code == code and cause.__doc__ and cause.docs
        assert pickle.loads(pickle.dumps(cause._read({}))) == cause._read({})


def test_parts_are_what_the_json_says():
    for incident in sorted(path for path in INCIDENTS.iterdir() if path.is_dir()):
        report = ecs_triage.diagnose(incident)
        data = report.to_dict()
        assert [part.to_dict() for part in report.subjects] == data["subjects"]
        assert [part.to_dict() for part in report.wants] == data["wants"]
        assert [part.to_dict() for part in report.problems] == data["problems"]
        assert list(map(list, (part.to_dict() for part in report.subjects))) == list(map(list, data["subjects"]))
        assert report.to_json() == json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def test_everything_is_frozen(report):
    for part in (report, report.subjects[0], report.diagnoses[0], report.diagnoses[0].cause, report.wants[0]):
        name = next(iter(getattr(part, "__dataclass_fields__", {"verdict": None})))
        with pytest.raises(AttributeError):
            setattr(part, name, None)
        with pytest.raises(AttributeError):
            delattr(part, name)
    with pytest.raises(TypeError, match="diagnose"):
        ecs_triage.Report()


def test_reports_compare_hash_copy_and_pickle(report):
    same = ecs_triage.diagnose(response(), definition())
    other = ecs_triage.diagnose(response())
    assert report == same and hash(report) == hash(same) and report != other and report != 1
    for copied in (copy.copy(report), copy.deepcopy(report), pickle.loads(pickle.dumps(report))):
        assert copied == report and hash(copied) == hash(report)
        assert copied.subjects == report.subjects and copied.markdown() == report.markdown()
        assert copied.text() == report.text() and copied.verdict == "failure"
        assert pickle.loads(pickle.dumps(copied)) == report
    for parts in (report.subjects, report.wants, report.diagnoses):
        assert pickle.loads(pickle.dumps(parts)) == parts
        assert len({*parts, *pickle.loads(pickle.dumps(parts))}) == len(parts)
    assert repr(report) == "<Report failure: app-oom-killed (confirmed)>"


def test_times_are_times(report):
    moment = report.subjects[0].timeline[0]
    assert moment.at == datetime.datetime(2026, 11, 20, 8, 0, tzinfo=datetime.timezone.utc)
    assert moment.to_dict() == {"at": "2026-11-20T08:00:00Z", "what": "started"}


def test_text_and_markdown(report):
    assert str(report) == report.text() == report.text(80)
    assert max(map(len, report.text(60).splitlines()[:8])) <= 60 < max(map(len, report.text(100).splitlines()[:8]))
    assert "\x1b[" in report.text(colour=True) and "\x1b[" not in report.text()
    assert report.markdown().startswith("## task ")


def test_a_notebook_shows_the_life_of_the_task():
    for incident in sorted(path for path in INCIDENTS.iterdir() if path.is_dir()):
        report = ecs_triage.diagnose(incident)
        html = report._repr_html_()
        page = ElementTree.fromstring(html)
        drawn = page.findall(".//{http://www.w3.org/2000/svg}svg")
        assert len(drawn) == sum(bool(subject.timeline) for subject in report.subjects)
        points = page.findall(".//{http://www.w3.org/2000/svg}circle")
        assert len(points) == sum(len(subject.timeline) for subject in report.subjects)
        text = "".join(page.itertext())
        for found in report.diagnoses:
            assert found.summary.replace("`", "") in text.replace("`", "") and found.code in text


def test_a_notebook_runs_nothing_of_the_evidence():
    evil = response()
    evil["tasks"][0]["containers"][0]["name"] = "<img src=x onerror=alert(1)>"
    evil["tasks"][0]["group"] = "service:<script>alert(1)</script>"
    html = ecs_triage.diagnose(evil)._repr_html_()
    assert "<img" not in html and "<script" not in html and "&lt;img" in html
    ElementTree.fromstring(html)
