"""A root file system borrowed from this machine: its programs and libraries, this interpreter and this project,
read-only and at the paths they have here. For tests that start something in a root of its own, and need no Debian made.

``python -m tests.borrowed ROOT [--bind SOURCE:TARGET]... -- COMMAND...``, as root, lays it at the folder ROOT in a
mount namespace of its own and becomes COMMAND there: nothing of it is seen outside, or outlives it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sandbox.mechanisms import syscalls

PROJECT: Final = Path(__file__).resolve().parent.parent
_CLONE_NEWNS: Final = 0x20000
# What programs look up by name; nothing with a secret in it.
_ETC: Final = (
    *("alternatives", "group", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "nsswitch.conf"),
    *("os-release", "passwd", "glvnd", "vulkan", "drirc"),
)
_EMPTY: Final = ("proc", "sys", "dev", "tmp", "run", "mnt", "var/tmp", "vm/out", "vm/project")


def lay(root: Path, binds: Iterable[tuple[str, str]] = ()) -> None:
    """At ``root``, a tmpfs from now on. ``binds``: further files or folders, (source, absolute target).

    The calling process must be in a mount namespace of its own. Raises OSError.
    """
    syscalls.mount("tmpfs", str(root), "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=0755,size=4m")
    for name in _EMPTY:
        (root / name).mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        _top(root, Path("/", name))
    _bind(root, "/usr", "/usr")
    for name in _ETC:
        if (Path("/etc") / name).exists():
            _bind(root, f"/etc/{name}", f"/etc/{name}")
    for folder in (Path(sys.base_prefix), PROJECT):
        if not folder.is_relative_to("/usr"):
            _bind(root, str(folder), str(folder))
    for source, target in binds:
        _bind(root, source, target)


def _top(root: Path, path: Path) -> None:
    """A link into /usr where the two are merged, a folder where they are not."""
    if path.is_symlink():
        (root / path.name).symlink_to(path.readlink())
    elif path.is_dir():
        _bind(root, str(path), str(path))


def _bind(root: Path, source: str, target: str) -> None:
    place = root / target.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    if os.path.isdir(source):
        place.mkdir(exist_ok=True)
    else:
        place.touch()
    syscalls.mount(source, str(place), None, syscalls.MS_BIND)
    flags = syscalls.MS_REMOUNT | syscalls.MS_BIND | syscalls.MS_RDONLY
    syscalls.mount(None, str(place), None, flags | syscalls.MS_NOSUID | syscalls.MS_NODEV)


def command(root: Path, program: Iterable[str], binds: Iterable[tuple[str, str]] = ()) -> list[str]:
    """What runs ``program`` with the root file system laid at ``root``."""
    named = [argument for source, target in binds for argument in ("--bind", f"{source}:{target}")]
    return [sys.executable, "-m", "tests.borrowed", str(root), *named, "--", *program]


def main(arguments: list[str]) -> None:
    end = arguments.index("--")
    root, named, program = Path(arguments[0]), arguments[1:end], arguments[end + 1 :]
    binds = [item.partition(":")[::2] for item in named if item != "--bind"]
    syscalls.unshare(_CLONE_NEWNS)
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    lay(root, binds)
    os.execvp(program[0], program)  # noqa: S606 - of the test's own


if __name__ == "__main__":
    main(sys.argv[1:])
