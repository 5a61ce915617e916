"""The warm interpreter as a process: orders in, reports out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mooring_local
import pytest

SOURCES = Path(mooring_local.__file__).parents[1]


class Interpreter:
    """A warm interpreter with its report channel."""

    def __init__(self, scratch: Path, *options: str) -> None:
        self.folder = scratch
        reader, writer = os.pipe()
        argv = [sys.executable, "-m", "mooring_local.warm", "--report", str(writer), "--scratch", str(scratch / "try")]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCES), "OMP_NUM_THREADS": "2"}
        self.process = subprocess.Popen([*argv, *options], stdin=subprocess.PIPE, pass_fds=[writer], env=environment)
        os.close(writer)
        self.reports = os.fdopen(reader)
        self.hello = self.hear()

    def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.reports.readline())
        return message

    def order(self, message: dict[str, object]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def run(self, code: str, *arguments: str, **environment: str) -> tuple[dict[str, Any], str]:
        """Runs a script to its end: its last report and what it printed."""
        script = self.folder / "job.py"
        script.write_text(code)
        log = self.folder / "log.txt"
        log.write_text("")
        (self.folder / "ml").mkdir(exist_ok=True)
        self.order(
            {
                "op": "start",
                "id": "job",
                "kind": "python",
                "argv": [str(script), *arguments],
                "cwd": str(self.folder),
                "env": {"PATH": os.environ["PATH"], **environment},
                "log": str(log),
                "ml": str(self.folder / "ml"),
            }
        )
        assert self.hear()["event"] == "started"
        return self.hear(), log.read_text()


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interpreter]:
    running = Interpreter(tmp_path_factory.mktemp("warm"))
    yield running
    assert running.process.stdin is not None
    running.process.stdin.close()
    assert running.process.wait(10) == 0


def test_is_one_thread_with_every_library(interpreter: Interpreter) -> None:
    assert interpreter.hello["event"] == "ready"
    assert interpreter.hello["threads"] == 1
    assert interpreter.hello["missing"] == []


def test_gives_arguments_environment_and_the_exit_code(interpreter: Interpreter) -> None:
    ended, printed = interpreter.run("import os, sys\nprint(sys.argv[1:], os.environ['X'])\nsys.exit(3)\n", "a", X="y")
    assert ended == {"event": "exit", "id": "job", "code": 3}
    assert printed == "['a'] y\n"


def test_nothing_of_one_job_reaches_the_next(interpreter: Interpreter) -> None:
    interpreter.run("import os, numpy\nos.environ['LEAK'] = '1'\nnumpy.leak = 1\nopen('left.txt', 'w').write('x')\n")
    _, printed = interpreter.run("import os, numpy\nprint('LEAK' in os.environ, hasattr(numpy, 'leak'))\n")
    assert printed == "False False\n"


def test_jobs_draw_different_random_numbers(interpreter: Interpreter) -> None:
    code = "import random, numpy\nprint(random.random(), numpy.random.rand())\n"
    assert interpreter.run(code)[1] != interpreter.run(code)[1]


def test_trains_with_threads_after_the_fork(interpreter: Interpreter) -> None:
    code = (
        "import numpy, xgboost\nfrom sklearn.ensemble import HistGradientBoostingClassifier as Trees\n"
        "rows = numpy.random.default_rng(1).random((3000, 8))\nlabel = rows[:, 0] > 0.5\n"
        "xgboost.train({'nthread': 2}, xgboost.DMatrix(rows, label=label), 10)\n"
        "Trees(max_iter=5).fit(rows, label)\nprint('trained')\n"
    )
    assert interpreter.run(code)[1] == "trained\n"


def test_an_exception_is_a_traceback_and_exit_code_1(interpreter: Interpreter) -> None:
    ended, printed = interpreter.run("def f():\n    raise KeyError('AGE')\nf()\n")
    assert ended["code"] == 1
    assert printed.rstrip().endswith("KeyError: 'AGE'")


def test_a_signal_is_reported_as_one(interpreter: Interpreter) -> None:
    assert interpreter.run("import os\nos.kill(os.getpid(), 9)\n")[0]["signal"] == 9


def test_runs_exit_hooks_and_waits_for_threads(interpreter: Interpreter) -> None:
    code = (
        "import atexit, threading, time\natexit.register(print, 'hook')\n"
        "threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()\n"
    )
    assert interpreter.run(code)[1] == "thread\nhook\n"


def test_shows_the_job_its_own_opt_ml_where_the_machine_can(interpreter: Interpreter) -> None:
    if not interpreter.hello["mapping"]:
        pytest.skip("this machine has no user namespaces to mount in")
    (interpreter.folder / "ml").mkdir(exist_ok=True)
    (interpreter.folder / "ml" / "here.txt").write_text("")
    _, printed = interpreter.run(
        "import os\nprint(os.listdir('/opt/ml'), sorted(os.listdir('/opt')) != ['ml'] or True)\n"
    )
    assert printed.startswith("['here.txt']")


def test_a_missing_script_is_said(interpreter: Interpreter) -> None:
    interpreter.order(
        {
            "op": "start",
            "id": "gone",
            "kind": "python",
            "argv": ["/nowhere.py"],
            "cwd": str(interpreter.folder),
            "env": {},
            "log": str(interpreter.folder / "gone.txt"),
            "ml": str(interpreter.folder / "ml"),
        }
    )
    assert interpreter.hear()["event"] == "started"
    assert interpreter.hear()["code"] == 2
    assert "can't open file '/nowhere.py'" in (interpreter.folder / "gone.txt").read_text()
