"""The warm interpreter: imports what steps import once, then forks a child for every job and every model server.

Orders arrive as JSON lines on standard input, reports leave as JSON lines on the descriptor given by --report. When
standard input ends, the account is gone, however it went: every child is killed.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import pwd
import selectors
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from mooring_local.compiled import keep_compiled
from mooring_local.containment import (
    TEMPORARY,
    can_contain,
    give_up_privileges,
    hide,
    isolate_network,
    own_temporary,
    read_only_but,
    secrets_of,
)
from mooring_local.mapping import die_with_parent, map_opt_ml
from mooring_local.model_server import serve
from mooring_local.program import execute, guarded, reseed, run_python

LIBRARIES = (
    "numpy",
    "pandas",
    "scipy.stats",
    "scipy.special",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.preprocessing",
    "sklearn.pipeline",
    "sklearn.compose",
    "sklearn.impute",
    "xgboost",
    "pyarrow",
    "pyarrow.parquet",
    "boto3",
    "jinja2",
    "http.server",
    "zipfile",
    "logging.config",
)
COMPARED = ("numpy", "pandas", "scipy", "scikit-learn", "pyarrow", "boto3", "xgboost")
SERVICE_MODELS = ("s3", "cloudwatch")


def warm_up() -> list[str]:
    """Imports the libraries; answers the names of those that are not installed."""
    missing = []
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    boto3 = sys.modules.get("boto3")
    if boto3 is not None:
        for name in SERVICE_MODELS:
            boto3.client(name, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
    gc.collect()
    gc.freeze()
    return missing


def versions() -> dict[str, str]:
    """Versions of the packages that tell one image from another, by their names."""
    found = {}
    for name in COMPARED:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    # The same library, built without what needs a GPU.
    with suppress(metadata.PackageNotFoundError):
        found["xgboost"] = metadata.version("xgboost-cpu")
    return found


class Abilities(NamedTuple):
    """What the machine lets a child do."""

    #: /opt/ml of its own
    mapping: bool = False
    #: file systems that it cannot write to
    files: bool = False
    #: no network
    network: bool = False


def abilities(folder: Path) -> Abilities:
    """Tries in a child what the machine allows."""
    nothing, mapped = 64, 32
    child = os.fork()
    if child == 0:
        try:
            target = folder / "probe"
            target.mkdir(parents=True, exist_ok=True)
            map_opt_ml(target, folder / "probe-opt")
            files, network = can_contain(folder)
            os._exit(mapped + 2 * files + network)
        except OSError:
            os._exit(nothing)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Abilities(True, code & 2 > 0, code & 1 > 0) if mapped <= code < nothing else Abilities()


class WarmInterpreter:
    """Forks children on order and reports how they ended."""

    def __init__(self, report: int, scratch: Path, mapping: bool, secrets: Sequence[Path] = ()) -> None:
        self._secrets = secrets
        self._report = report
        self._scratch = scratch
        self._able = abilities(scratch) if mapping else Abilities()
        self._compiled = scratch / "compiled"
        self._children: dict[int, str] = {}

    def run(self) -> None:
        """Serves orders until standard input ends."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        # A Ctrl-C of the terminal goes to the whole group; the account ends its children itself.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        missing = warm_up()
        if self._able.mapping:
            # Without the mount every job has paths of its own, and nothing kept would fit the next one.
            keep_compiled(self._compiled)
        ready = {**self._able._asdict(), "threads": threading.active_count(), "missing": missing}
        self._say({"event": "ready", **ready, "versions": versions()})
        selector = selectors.DefaultSelector()
        selector.register(0, selectors.EVENT_READ)
        selector.register(reader, selectors.EVENT_READ)
        pending = b""
        while True:
            for key, _ in selector.select():
                if key.fd == reader:
                    os.read(reader, 4096)
                    continue
                chunk = os.read(0, 1 << 16)
                if not chunk:
                    self._end_all()
                    return
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    self._obey(json.loads(line))
            self._reap()

    def _obey(self, order: Mapping[str, Any]) -> None:
        if order["op"] == "start":
            self._start(order)
            return
        for pid, name in self._children.items():
            if name == order["id"]:
                self._signal(pid, int(order["signal"]))

    def _start(self, order: Mapping[str, Any]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                code = self._child(order)
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(code)
        self._children[pid] = order["id"]
        self._say({"event": "started", "id": order["id"], "pid": pid})

    def _child(self, order: Mapping[str, Any]) -> int:
        parent = os.getppid()
        os.setsid()
        die_with_parent()
        if os.getppid() != parent:
            return 70
        signal.set_wakeup_fd(-1)
        for each in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        server = order["kind"] == "server"
        self._redirect(order["log"], keep=self._report if server else None)
        os.environ.clear()
        os.environ.update(order["env"])
        isolate = self._able.network and bool(order.get("isolated"))
        if self._able.mapping and order.get("ml"):
            map_opt_ml(Path(order["ml"]), Path(order["ml"]).parent / ".opt")
            if isolate and not server:
                isolate_network()
            self._keep_away(Path(order["ml"]).parent)
        os.chdir(order["cwd"])
        sys.path[:] = [each for each in sys.path if each != str(Path(__file__).parent.parent)]
        reseed()
        # An isolated server gives its privileges up itself, once it has left the network.
        if self._able.mapping and order.get("ml") and not (server and isolate):
            give_up_privileges()
        if server:
            return guarded(lambda: serve(order["id"], self._report, order["cwd"], isolate))
        return run_python(order["argv"]) if order["kind"] == "python" else execute(order["argv"])

    def _keep_away(self, job: Path) -> None:
        """Keeps the child from files that are none of its job's, as far as the machine lets it."""
        if not self._able.files:
            return
        # A checkout below /tmp is not to disappear: jobs of stand-ins find their packages by PYTHONPATH.
        packages = [
            Path(each) for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if Path(each).is_absolute()
        ]
        sources = [each for each in packages if each.is_dir()]
        readable = (Path(__file__).parents[1], Path(sys.prefix), Path(sys.base_prefix), self._scratch, *sources)
        writable = (job, self._compiled)
        self._compiled.mkdir(exist_ok=True)
        hide(self._secrets, self._scratch)
        shown = own_temporary(job / "tmp", (*readable, *writable))
        shared = [each for each in (Path("/dev/shm"),) if each.is_dir()]
        read_only_but([Path("/opt/ml"), TEMPORARY, *writable, *shared], [each for each in shown if each in readable])

    @staticmethod
    def _redirect(log: str, keep: int | None) -> None:
        """Standard streams to the log; every other descriptor closed, except the one a server reports on."""
        empty = os.open(os.devnull, os.O_RDONLY)
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(empty, 0)
        os.dup2(target, 1)
        os.dup2(target, 2)
        if keep is None:
            os.closerange(3, 1024)
        else:
            os.closerange(3, keep)
            os.closerange(keep + 1, 1024)
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            name = self._children.pop(pid, None)
            if name is None:
                continue
            self._signal(pid, signal.SIGKILL)
            ended = {"code": os.WEXITSTATUS(status)} if os.WIFEXITED(status) else {"signal": os.WTERMSIG(status)}
            self._say({"event": "exit", "id": name, **ended})

    def _end_all(self) -> None:
        for pid in self._children:
            self._signal(pid, signal.SIGKILL)

    @staticmethod
    def _signal(pid: int, number: int) -> None:
        """To the child's whole group: it leads a session of its own."""
        try:
            os.killpg(pid, number)
        except (ProcessLookupError, PermissionError):
            return

    def _say(self, message: Mapping[str, object]) -> None:
        os.write(self._report, json.dumps(message).encode() + b"\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point: `python -m mooring_local.warm --report FD --scratch FOLDER [--no-mapping]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=int, help="descriptor that reports are written to")
    parser.add_argument("--probe", action="store_true", help="only print what the machine lets a job do, as JSON")
    parser.add_argument("--scratch", type=Path, required=True, help="folder for trying out the mount namespace")
    parser.add_argument("--no-mapping", action="store_true", help="never mount /opt/ml; paths are rebased instead")
    parser.add_argument("--hide", type=Path, action="append", default=[], help="file or folder that no job may see")
    options = parser.parse_args(argv)
    if options.probe:
        print(json.dumps(abilities(options.scratch)._asdict()))
        return 0
    if options.report is None:
        parser.error("--report or --probe is needed")
    # HOME of this process is the interpreter's own folder; the user's is that of the system's list of users.
    try:
        home = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        home = "/nonexistent"
    secrets = [*secrets_of(Path(home)), *options.hide]
    WarmInterpreter(options.report, options.scratch, not options.no_mapping, secrets).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
