"""Bad input of every kind raises what is documented, and never a panic."""

import json
import pickle

import ecs_triage
import pytest
from ecs_triage import EcsTriageError, EvidenceError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_diagnose import response


@pytest.mark.parametrize(
    "document, error, pointer, found",
    [
        (b"\x00\x01", ecs_triage.UnreadableError, "", "text that is not JSON"),
        ("", ecs_triage.UnreadableError, "", "an empty document"),
        ('{"tasks": ', ecs_triage.UnreadableError, "", "text that is not JSON"),
        ('{"colour": "red"}', ecs_triage.UnrecognisedError, "", "an object"),
        ({"colour": "red"}, ecs_triage.UnrecognisedError, "", "an object"),
        (42, ecs_triage.UnrecognisedError, "", "a number"),
        (None, ecs_triage.UnrecognisedError, "", "null"),
        (object(), ecs_triage.UnsupportedTypeError, "", "`object`"),
        ({"tasks": [{"a/b": [1, object()]}]}, ecs_triage.UnsupportedTypeError, "/tasks/0/a~1b/1", "`object`"),
        ({("a", "b"): 1}, ecs_triage.UnsupportedTypeError, "", "`tuple as a key`"),
    ],
)
def test_a_document_that_cannot_be_used(document, error, pointer, found):
    with pytest.raises(error) as raised:
        ecs_triage.diagnose(document)
    assert isinstance(raised.value, EcsTriageError)
    assert raised.value.document and raised.value.expected
    assert raised.value.pointer == pointer and found in raised.value.found
    again = pickle.loads(pickle.dumps(raised.value))
    assert str(again) == str(raised.value) and again.pointer == pointer


def test_what_cannot_be_read_is_a_problem_beside_the_rest():
    report = ecs_triage.diagnose(response(), b"\x00")
    assert report.diagnoses[0].code == "app-oom-killed"
    assert report.problems[0].found and report.problems[0].message


def test_strict_raises_for_any_document_and_lenient_for_none():
    with pytest.raises(ecs_triage.UnreadableError):
        ecs_triage.diagnose(response(), b"\x00", strict=True)
    report = ecs_triage.diagnose(b"\x00", strict=False)
    assert report.problems and not report.subjects


def test_nothing_at_all_is_no_error():
    report = ecs_triage.diagnose()
    assert (report.verdict, report.subjects, report.problems) == ("undetermined", (), ())


def test_an_object_that_holds_itself():
    endless = {}
    endless["a"] = [endless]
    with pytest.raises(ecs_triage.UnsupportedTypeError, match="128"):
        ecs_triage.diagnose(endless)
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ecs_triage.UnsupportedTypeError, match="128"):
        ecs_triage.diagnose({"tasks": deep})


def test_what_python_raises_inside_a_document_comes_through():
    class Broken:
        def read(self):
            raise ConnectionError("the body ended")

    with pytest.raises(ConnectionError, match="the body ended"):
        ecs_triage.diagnose({"Body": Broken()})


@pytest.mark.parametrize("call", [ecs_triage.diagnose, lambda path: list(ecs_triage.diagnose_many(path))])
def test_a_file_that_is_not_there(tmp_path, call):
    with pytest.raises(ecs_triage.FileError) as raised:
        call(tmp_path / "missing.json")
    assert isinstance(raised.value, OSError) and raised.value.filename.endswith("missing.json")
    assert raised.value.errno == 2


@pytest.mark.parametrize("at", ["yesterday", "", "\ud800", "9" * 400, 12])
def test_a_time_that_is_none(at):
    for call in (
        lambda: ecs_triage.diagnose(response(), observed_at=at),
        lambda: list(ecs_triage.diagnose_many([response()], observed_at=at)),
        lambda: ecs_triage.Evidence(observed_at=at),
        lambda: ecs_triage.Evidence().observed(at),
    ):
        with pytest.raises(ecs_triage.InvalidTimeError) as raised:
            call()
        assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize("before", [b"", "{}", '{"schema": "other/1"}', "[1]", 3, None])
def test_a_report_that_is_none(before):
    with pytest.raises(ecs_triage.NotAReportError) as raised:
        ecs_triage.verify(before, response())
    assert raised.value.found


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes() | st.decimals(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner) | st.frozensets(st.integers()),
    max_leaves=20,
)
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@relaxed
@given(json_values)
def test_any_object_at_all(value):
    for document in (value, {"tasks": [value]}, {"tasks": [{"taskArn": "a", "containers": value}]}, [value]):
        try:
            report = ecs_triage.diagnose(document)
        except EvidenceError:
            continue
        json.loads(report.to_json())
        report.subjects, report.markdown(), report.text(), report._repr_html_()


@relaxed
@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_at_all(value):
    for document in (value, b'{"tasks": [' + value, value + b"]"):
        report = ecs_triage.diagnose(document, strict=False)
        json.loads(report.to_json())
        list(ecs_triage.diagnose_many(document))


@relaxed
@given(st.integers(0, 600), st.binary(max_size=3))
def test_a_document_that_was_damaged(place, damage):
    text = json.dumps(response(), default=str).encode()
    report = ecs_triage.diagnose(text[:place] + damage + text[place:], strict=False)
    json.loads(report.to_json())
    ecs_triage.diagnose(text[:place], strict=False).to_json()
