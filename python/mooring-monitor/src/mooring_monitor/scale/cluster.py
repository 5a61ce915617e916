"""A Spark cluster of the instances of one SageMaker processing job.

Every instance runs the same command. The first one starts a standalone master and a worker and drives the work, the
others start a worker and end when the master has gone. The inputs are replicated, so that every instance finds the same
files at the same paths. Formats: docs of SageMaker's `/opt/ml/config/resourceconfig.json`, Spark's standalone mode.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mooring_monitor.errors import InputError

RESOURCES: Final = Path("/opt/ml/config/resourceconfig.json")
PORT: Final = 7077
#: Seconds until the first instance must have its master up; instances of one job start within a minute or two.
PATIENCE: Final = 300.0
_PAUSE: Final = 1.0
#: The master is gone when it did not answer so many times in a row.
_SILENT: Final = 3


@dataclass(frozen=True)
class Hosts:
    """The instances of a job, and which of them this is."""

    current: str
    first: str
    port: int = PORT

    @property
    def leads(self) -> bool:
        """Whether this instance drives the work."""
        return self.current == self.first

    @property
    def master(self) -> str:
        """Address of the master."""
        return f"spark://{self.first}:{self.port}"


def job_hosts(path: Path | None = None) -> Hosts | None:
    """The instances of this job; None outside of a job, and in a job of one instance.

    Raises InputError when the description of the instances cannot be read.
    """
    path = path or RESOURCES
    if not path.is_file():
        return None
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        current, hosts = str(described["current_host"]), sorted(str(each) for each in described["hosts"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} does not describe the instances of a job: {error!r}") from None
    if len(hosts) < 2:
        return None
    if current not in hosts:
        raise InputError(f"{path}: current_host '{current}' is not one of {', '.join(hosts)}")
    return Hosts(current, hosts[0], PORT)


@contextmanager
def led_cluster(hosts: Hosts, patience: float = PATIENCE) -> Iterator[str]:
    """A master and a worker on this instance; gives the master's address and ends both.

    Raises InputError when the master does not come up.
    """
    with _running("master.Master", "--host", hosts.first, "--port", str(hosts.port)) as master:
        if not _reached(hosts, patience, master):
            raise InputError(f"the Spark master did not come up at {hosts.master}; its messages are above")
        with _running("worker.Worker", "--host", hosts.current, hosts.master):
            yield hosts.master


def work_for(hosts: Hosts, patience: float = PATIENCE) -> None:
    """Lend this instance to the first one until its master has gone.

    A master that never comes is no failure of this instance: the exit code of the first one says how the job ended.
    """
    if not _reached(hosts, patience):
        print(f"no Spark master at {hosts.master} after {patience:.0f} s; nothing to do here", flush=True)
        return
    with _running("worker.Worker", "--host", hosts.current, hosts.master) as worker:
        silent = 0
        while silent < _SILENT and worker.poll() is None:
            time.sleep(_PAUSE)
            silent = 0 if _answers(hosts) else silent + 1
        if silent < _SILENT:
            raise RuntimeError(f"the Spark worker of {hosts.current} ended with {worker.returncode} before its master")


def _reached(hosts: Hosts, patience: float, master: subprocess.Popen[bytes] | None = None) -> bool:
    until = time.monotonic() + patience
    while not _answers(hosts):
        if time.monotonic() >= until or (master is not None and master.poll() is not None):
            return False
        time.sleep(min(_PAUSE, patience))
    return True


def _answers(hosts: Hosts) -> bool:
    with suppress(OSError), socket.create_connection((hosts.first, hosts.port), timeout=2):
        return True
    return False


@contextmanager
def _running(name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A part of Spark's standalone mode, from the scripts that pyspark brings with it."""
    import pyspark

    script = Path(pyspark.__file__).parent / "bin/spark-class"
    command = [str(script), f"org.apache.spark.deploy.{name}", "--webui-port", "0", *arguments]
    process = subprocess.Popen(command, stdout=sys.stderr)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
