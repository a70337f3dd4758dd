"""Where launchers start workers: a private mount namespace with a tree that holds a worker's libraries and its Python.

The native tree holds no Python, as its workers are forks. A launched worker is executed, and loads everything itself.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from sandbox.composition.outer import enter_own_userns
from sandbox.exceptions import layer
from sandbox.launchers.inward import go_in
from sandbox.launchers.model import Launcher, Site
from sandbox.mechanisms import mounts as trees
from sandbox.mechanisms import namespaces, syscalls
from sandbox.mechanisms.namespaces import Namespace
from sandbox.mechanisms.syscalls import MS_NODEV, MS_NOSUID
from sandbox.policy.tree import DEVICES, DRIVER_DATA
from sandbox.workers.rehearsal import Needs, mapped_files

_LIBRARIES: Final = ("site-packages", "dist-packages")
_SCRATCH_BYTES: Final = 16 << 20


def interpreter() -> tuple[str, ...]:
    """The command of a Python that looks nowhere but in PYTHONPATH and its own library."""
    return (os.path.realpath(sys.executable), "-S", "-s", "-B", "-m", "sandbox.launchers.inside")


def import_path() -> tuple[str, ...]:
    """Folders for PYTHONPATH: where modules were found, beside Python's own library."""
    own = os.path.realpath(sysconfig.get_path("stdlib"))
    found = [os.path.realpath(path) for path in sys.path if os.path.isdir(path)]
    return tuple(dict.fromkeys(path for path in found if _is_library(path) or not trees.lies_in(path, own)))


def make(
    launcher: Launcher,
    needs: Needs,
    ids: tuple[int, int],
    *,
    folders: Iterable[str],
    mounts: Iterable[tuple[str, str]],
) -> Site:
    """Enter a private mount namespace and put the tree together. ``folders``: bound where they are; ``mounts``: as
    (source, target).

    Root stays root: tools that are made for root map the worker's ids from outside. Raises SandboxError.
    """
    if os.geteuid() == 0:
        namespaces.unshare([Namespace.MOUNT])
    else:
        enter_own_userns([Namespace.USER, Namespace.MOUNT])
        ids = (os.getuid(), os.getgid())
    trees.make_private()
    with layer(trees.LAYER):
        for place in launcher.takes_off():
            syscalls.umount2(place, syscalls.MNT_DETACH)
    # What is mapped, as whoever started us: the rehearsal, an ordinary user, may not see all of it.
    files = tuple(trees.outermost((*needs.files, *mapped_files(), *program(), *folders, *launcher.inside)))
    tree = trees.gather(files, optional=DRIVER_DATA, mounts=mounts, devices=(*DEVICES, *needs.devices))
    tree = replace(tree, links=tuple({**dict(tree.links), **trees.loader_links()}.items()))
    base = trees.mount_point(in_sight=(launcher.executable(),))
    with layer(trees.LAYER):
        syscalls.mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, f"mode=0755,size={_SCRATCH_BYTES}")
        for name in ("tree", "scratch"):
            os.mkdir(os.path.join(base, name), 0o755)
    made = Site(os.path.join(base, "tree"), os.path.join(base, "scratch"), ids, files)
    trees.build(tree, made.tree, empty=("/tmp", *launcher.empty), bare=launcher.bare_tree)
    tree.close()
    return go_in(made) if launcher.inside else made


def program() -> Iterator[str]:
    """The interpreter, its library, and the modules that are in use now."""
    yield os.path.realpath(sys.executable)
    yield os.path.realpath(sysconfig.get_path("stdlib"))
    for folder in import_path():
        if _is_library(folder):
            yield folder
        else:  # a source tree: of it the packages that were imported, and nothing that lies beside them
            yield from _imported_from(folder)


def _imported_from(folder: str) -> Iterator[str]:
    for name in sorted({name.partition(".")[0] for name in sys.modules}):
        for path in (os.path.join(folder, name), os.path.join(folder, f"{name}.py")):
            if os.path.exists(path):
                yield path


def _is_library(path: str) -> bool:
    return os.path.basename(path) in _LIBRARIES
