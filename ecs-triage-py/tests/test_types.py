"""Type checkers and editors see what is there."""

import inspect
import subprocess
import sys
from pathlib import Path

import ecs_triage
import ecs_triage.causes
import ecs_triage.payloads
import ecs_triage.results
from conftest import REPOSITORY

HERE = Path(__file__).parent


def mypy(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=HERE, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_program_of_a_user_passes_mypy_strict_and_runs():
    mypy("mypy", "--strict", "--no-incremental", "typed_program.py")
    done = subprocess.run(
        [sys.executable, "typed_program.py", REPOSITORY / "examples/incidents/oom-kill"],
        cwd=HERE, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[-1] == "1536"


def test_a_wrong_program_does_not_pass(tmp_path):
    (tmp_path / "wrong.py").write_text(
        "import ecs_triage\n"
        "report = ecs_triage.diagnose({})\n"
        "report.verdict = 'healthy'\n"
        "print(report.verdict == 'sick', report.diagnosis)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", tmp_path / "wrong.py"], cwd=HERE, capture_output=True, text=True
    )
    assert "read-only" in done.stdout and "comparison-overlap" in done.stdout and "no attribute" in done.stdout


def test_the_package_passes_mypy_strict():
    mypy("mypy", "--no-incremental", "--config-file", str(HERE.parent / "pyproject.toml"), "-p", "ecs_triage")


def test_stubs_say_what_the_module_has():
    options = ["--mypy-config-file", str(HERE.parent / "pyproject.toml"), "--allowlist", str(HERE / "stubtest-allowlist.txt")]
    assert "Success" in mypy("mypy.stubtest", "ecs_triage", *options)


def test_everything_public_has_a_docstring():
    missing = []
    for module in (ecs_triage, ecs_triage.causes, ecs_triage.payloads, ecs_triage.results, ecs_triage._core):
        assert module.__doc__
        names = [name for name in vars(module) if name in getattr(module, "__all__", vars(module)) and name[0] != "_"]
        for name in names:
            thing = getattr(module, name)
            if not (inspect.isclass(thing) or inspect.isroutine(thing)):
                continue
            if not (thing.__doc__ or "").strip() or (thing.__doc__ or "").startswith(f"{name}("):
                missing.append(name)
            if inspect.isclass(thing):
                missing += [
                    f"{name}.{method}"
                    for method, value in vars(thing).items()
                    if method[0] != "_"
                    and (inspect.isroutine(value) or isinstance(value, property))
                    and not getattr(value, "__doc__", None)
                ]
    assert missing == []


def test_modules_are_at_hand_and_loaded_when_used():
    code = (
        "import sys, ecs_triage\n"
        "assert 'ecs_triage.causes' not in sys.modules and 'asyncio' not in sys.modules\n"
        "assert ecs_triage.aws.triage and ecs_triage.causes.AppOomKilled and ecs_triage.tables.to_arrow\n"
        "try: ecs_triage.nothing\n"
        "except AttributeError: pass\n"
        "else: raise AssertionError\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
