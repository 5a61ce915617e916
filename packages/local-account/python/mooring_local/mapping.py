"""Gives one process its own /opt/ml, in a mount namespace of a user namespace (Linux only, no privileges needed)."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
PR_SET_PDEATHSIG = 1


def libc() -> ctypes.CDLL:
    """The C library, with errors kept."""
    return ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    """Raises what a call of the C library left as its error."""
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def _mount(source: str, target: str, flags: int, kind: str | None = None) -> None:
    code = libc().mount(source.encode(), target.encode(), kind.encode() if kind else None, flags, None)
    check(code, f"mount {source} on {target}")


def bind(source: str, target: str) -> None:
    """Shows a file or folder at another place as well."""
    _mount(source, target, MS_BIND | MS_REC)


def _enter_namespaces() -> None:
    uid, gid = os.getuid(), os.getgid()
    check(libc().unshare(CLONE_NEWUSER | CLONE_NEWNS), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    _mount("none", "/", MS_REC | MS_PRIVATE)


def _rebuild_opt(staging: Path) -> None:
    """Puts a fresh /opt in place that holds everything the real one does and an empty ml folder besides."""
    staging.mkdir(parents=True, exist_ok=True)
    _mount("tmpfs", str(staging), 0, "tmpfs")
    for entry in os.scandir("/opt"):
        target = staging / entry.name
        if entry.is_symlink():
            target.symlink_to(os.readlink(entry.path))
            continue
        if entry.is_dir():
            target.mkdir()
        else:
            target.touch()
        _mount(entry.path, str(target), MS_BIND | MS_REC)
    (staging / "ml").mkdir()
    _mount(str(staging), "/opt", MS_BIND | MS_REC)


def map_opt_ml(folder: Path, staging: Path) -> None:
    """Makes /opt/ml show a folder, for this process and its children.

    Args:
        folder: what /opt/ml is to show.
        staging: an empty folder (made when absent) used when the machine has no /opt/ml to mount on.

    Raises:
        OSError: the kernel does not allow it; nothing the caller can see has changed then.
    """
    if not sys.platform.startswith("linux"):
        raise OSError("mount namespaces exist on Linux only")
    if not os.path.isdir("/opt"):
        raise OSError("there is no /opt to mount below")
    _enter_namespaces()
    if not os.path.isdir("/opt/ml"):
        _rebuild_opt(staging)
    _mount(str(folder), "/opt/ml", MS_BIND | MS_REC)


def die_with_parent() -> None:
    """Asks the kernel to kill this process when its parent ends, however that happens (Linux; elsewhere a no-op)."""
    if sys.platform.startswith("linux"):
        libc().prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)
