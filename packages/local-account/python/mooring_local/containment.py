"""Keeps a job from the user's files and from the network, inside the namespaces that `mapping` has entered (Linux).

What it does not do: a job sees the machine's processes, and reads what files its user can read but the secrets hidden
here.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import socket
import struct
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from mooring_local.mapping import bind, check, libc

CLONE_NEWNET = 0x40000000
AT_FDCWD = -100
AT_RECURSIVE = 0x8000
MOUNT_ATTR_RDONLY = 0x1
PR_SET_NO_NEW_PRIVS = 38
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
#: Numbers of calls that the C library does not wrap everywhere; the first is the same on all machines.
SYS_MOUNT_SETATTR = 442
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITIES_V3 = 0x20080522

TEMPORARY = Path("/tmp")
#: Where people keep keys; of the home folder only these are hidden, for interpreters and packages lie there as well.
SECRETS = (
    ".aws",
    ".azure",
    ".config/gcloud",
    ".config/gh",
    ".docker",
    ".git-credentials",
    ".gnupg",
    ".kube",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".pypirc",
    ".ssh",
)


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("user_namespace", ctypes.c_uint64),
    )


def _attributes(path: str, flags: int, attributes: _MountAttributes) -> None:
    size = ctypes.sizeof(attributes)
    result = libc().syscall(
        SYS_MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, ctypes.byref(attributes), ctypes.c_size_t(size)
    )
    check(result, f"mount_setattr {path}")


def own_temporary(folder: Path, needed: Sequence[Path]) -> Sequence[Path]:
    """Shows a folder as /tmp, with those of the needed folders in it that lie below /tmp; answers these."""
    folder.mkdir(exist_ok=True)
    # Outer folders first: one that comes later would cover the mount of one inside it.
    shown = sorted({each for each in needed if each.is_relative_to(TEMPORARY)}, key=lambda each: len(each.parts))
    for each in shown:
        target = folder / each.relative_to(TEMPORARY)
        target.mkdir(parents=True, exist_ok=True)
        bind(str(each), str(target))
    bind(str(folder), str(TEMPORARY))
    return shown


def read_only_but(writable: Iterable[Path], kept: Iterable[Path] = ()) -> None:
    """Makes every file system read only but for these folders, for this process and its children.

    Args:
        writable: folders that stay as they are, with all that lies below.
        kept: folders below them that become read only all the same.

    Raises:
        OSError: the kernel does not allow it.
    """
    folders = [str(each) for each in writable]
    for folder in folders:
        bind(folder, folder)
    _attributes("/", AT_RECURSIVE, _MountAttributes(set=MOUNT_ATTR_RDONLY))
    for folder in folders:
        _attributes(folder, AT_RECURSIVE, _MountAttributes(clear=MOUNT_ATTR_RDONLY))
    for each in kept:
        _attributes(str(each), AT_RECURSIVE, _MountAttributes(set=MOUNT_ATTR_RDONLY))


def hide(secrets: Iterable[Path], empty: Path) -> None:
    """Puts nothing in the place of files and folders that hold keys."""
    folder = empty / "nothing"
    folder.mkdir(parents=True, exist_ok=True)
    for each in secrets:
        if each.is_dir():
            bind(str(folder), str(each))
        elif each.exists():
            bind(os.devnull, str(each))


def secrets_of(home: Path) -> Sequence[Path]:
    """Files and folders of a user that hold keys."""
    return [home / name for name in SECRETS]


def isolate_network() -> None:
    """Leaves the process with a loopback of its own; sockets that it has open keep working.

    Raises:
        OSError: the kernel does not allow it.
    """
    check(libc().unshare(CLONE_NEWNET), "unshare network")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def give_up_privileges() -> None:
    """Takes away what the process could undo its containment with; programs that it starts do not get it back."""
    check(libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    number = SYS_CAPSET.get(platform.machine())
    if number is None:
        return
    header = struct.pack("Ii", CAPABILITIES_V3, 0)
    check(libc().syscall(number, header, bytes(24)), "capset")


def can_contain(scratch: Path) -> tuple[bool, bool]:
    """Tries in children, after `map_opt_ml`: whether files can be kept away, and whether the network can."""

    def files() -> None:
        read_only_but([scratch])
        give_up_privileges()

    return _works(files), _works(isolate_network)


def _works(attempt: Callable[[], None]) -> bool:
    child = os.fork()
    if child == 0:
        try:
            attempt()
            os._exit(0)
        except (OSError, AttributeError):
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0
