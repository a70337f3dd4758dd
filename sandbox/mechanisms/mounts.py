"""Which files exist: a read-only tree of exactly what a worker needs, and nothing else of the host (mount_setattr(2)).

The tree is assembled once per fork server, on a tmpfs in a mount namespace of its own, and becomes its root; workers
get a copy of it, locked (mount_namespaces(7)): what was mounted by a more privileged namespace cannot be taken off or
made writable by a less privileged one, whatever capabilities it should regain.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from sandbox.exceptions import LayerFailedError, layer
from sandbox.mechanisms import syscalls
from sandbox.mechanisms.syscalls import MNT_DETACH, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_PRIVATE, MS_REC

LAYER: Final = "mountns"
# What is mounted on it may take its mode from it, as runC does.
_PLACES: Final = {"/tmp": 0o1777}
LOADERS: Final = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")
_OPEN_TREE_CLONE, _CLOEXEC = 1, os.O_CLOEXEC
_AT_EMPTY_PATH, _AT_RECURSIVE = 0x1000, 0x8000
_AT_FDCWD, _MOVE_FROM_EMPTY = -100, 0x4
_RDONLY, _NOSUID, _NODEV, _NOEXEC = 0x1, 0x2, 0x4, 0x8  # MOUNT_ATTR_*


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to bind: ``fd`` an O_PATH descriptor of it, ``target`` its absolute path in the tree."""

    fd: int
    target: str
    directory: bool
    device: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """What the tree will hold. ``links``: symlinks as (path, text)."""

    sources: tuple[Source, ...]
    links: tuple[tuple[str, str], ...]

    def close(self) -> None:
        for source in self.sources:
            os.close(source.fd)


def gather(
    files: Iterable[str],
    *,
    optional: Iterable[str] = (),
    mounts: Iterable[tuple[str, str]] = (),
    devices: Iterable[str] = (),
) -> Tree:
    """Open everything by its path in the current root. In the mount namespace that will be the tree's.

    ``files``: binds at their own path, with the symlinks that lead to them; ``optional``: likewise, and left out where
    they do not exist. ``mounts``: folders as (source, target). Raises LayerFailedError for what else does not exist.
    """
    with layer(LAYER):
        wanted = sorted(outermost((*files, *_existing(optional))))
        sources = [_open(path, path) for path in wanted]
        sources += [_open(node, node) for node in sorted(set(devices))]
        sources += [_open(source, target) for source, target in mounts]
        return Tree(tuple(sources), tuple(_links_to(wanted)))


def make_private() -> None:
    """No mount made from here on is seen outside this mount namespace, or comes in from outside."""
    with layer(LAYER):
        syscalls.mount(None, "/", None, MS_REC | MS_PRIVATE)


def assemble(tree: Tree) -> None:
    """Build the tree, make it the root and let go of the old one.

    Needs CAP_SYS_ADMIN over the current mount namespace, which must be private.
    """
    base = mount_point()
    build(tree, base)
    with layer(LAYER):
        pivot(base)


def build(tree: Tree, base: str, *, empty: Sequence[str] = ("/tmp",), bare: bool = False) -> None:
    """Put the tree together on a fresh tmpfs that covers ``base``, and seal it read-only. Needs what assemble needs.

    ``empty``: directories to mount on. ``bare``: the top is read-only and no more, for one who will set flags of its
    own (and could not without them: a flag that is set cannot be left out in a less privileged namespace).
    """
    more = 0 if bare else _NOSUID | _NODEV | _NOEXEC
    with layer(LAYER):
        syscalls.mount("tmpfs", base, "tmpfs", 0, "mode=0755,size=1m,nr_inodes=4096")
        for path, text in tree.links:
            _link(base, path, text)
        for source in tree.sources:
            _bind(base, source)
        for path in empty:
            os.makedirs(base + path, exist_ok=True)
            os.chmod(base + path, _PLACES.get(path, 0o755))
        with _opened(base, os.O_PATH) as fd:
            syscalls.mount_setattr(fd, "", _AT_EMPTY_PATH, _RDONLY | more)


def mount_tmp(path: str, *, size_bytes: int, inodes: int) -> None:
    """A worker's own small, empty, writable place: no executable mapping, no device and no set-uid file works there."""
    options = f"mode=0700,size={size_bytes},nr_inodes={inodes}"
    with layer(LAYER):
        syscalls.mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)


def pivot(base: str) -> None:
    """pivot_root(2), the way its man page does it without a place for the old root: stacked, then detached."""
    os.chdir(base)
    syscalls.pivot_root(".", ".")
    syscalls.umount2(".", MNT_DETACH)
    os.chdir("/")


def mount_point(*, in_sight: Sequence[str] = ()) -> str:
    """Any directory to be covered, in our own mount namespace only. ``in_sight``: what must not be covered with it."""
    places = (path for path in ("/tmp", "/run", "/mnt", "/var", "/usr") if os.path.isdir(path))
    return next(place for place in places if not any(lies_in(path, place) for path in in_sight))


def lies_in(path: str, folder: str) -> bool:
    """Whether the folder is the path itself, or one that leads to it. Both as they are written."""
    return path == folder or path.startswith(f"{folder}/")


def outermost(paths: Iterable[str]) -> Iterator[str]:
    """Where these really are, without what lies inside another one of them."""
    kept: set[str] = set()
    for path in sorted({os.path.realpath(path) for path in paths}, key=len):
        if not any(str(parent) in kept for parent in PurePath(path).parents):
            kept.add(path)
            yield path


def _open(path: str, target: str) -> Source:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    mode = os.fstat(fd).st_mode
    return Source(fd, os.path.normpath(target), stat.S_ISDIR(mode), stat.S_ISCHR(mode))


def _existing(paths: Iterable[str]) -> list[str]:
    return [os.path.realpath(path) for path in paths if os.path.exists(path)]


def _bind(base: str, source: Source) -> None:
    """Clone the mount, make it read-only and nosuid (nodev unless it is a device; noexec if it is), put it in place."""
    place = base + source.target
    if source.directory:
        os.makedirs(place, mode=0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), mode=0o755, exist_ok=True)
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o444))
    recursive = _AT_RECURSIVE if source.directory else 0
    mount = syscalls.open_tree(source.fd, "", _OPEN_TREE_CLONE | _CLOEXEC | _AT_EMPTY_PATH | recursive)
    try:
        flags = _RDONLY | _NOSUID | (_NOEXEC if source.device else _NODEV)
        syscalls.mount_setattr(mount, "", _AT_EMPTY_PATH | recursive, flags)
        syscalls.move_mount(mount, "", _AT_FDCWD, place, _MOVE_FROM_EMPTY)
    finally:
        os.close(mount)


def _link(base: str, path: str, text: str) -> None:
    os.makedirs(os.path.dirname(base + path), mode=0o755, exist_ok=True)
    os.symlink(text, base + path)


def _links_to(files: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The symlinks by which a dynamic linker finds these files: beside them (libx.so.1 → libx.so.1.2), and the old
    top-level directories (/lib → usr/lib)."""
    names = set(files)
    for directory in sorted({os.path.dirname(path) for path in files}):
        for entry in os.scandir(directory):
            if entry.is_symlink() and os.path.realpath(entry.path) in names:
                yield entry.path, os.path.relpath(os.path.realpath(entry.path), directory)
    for entry in os.scandir("/"):
        if entry.is_symlink() and os.path.realpath(entry.path).startswith("/usr/"):
            yield entry.path, os.readlink(entry.path)


def loader_links() -> dict[str, str]:
    """Text by path: the symlinks to the one file whose path is written into every program."""
    places = {path: os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)) for path in LOADERS}
    return {place: os.path.realpath(path) for path, place in places.items() if os.path.islink(place)}


@contextlib.contextmanager
def _opened(path: str, flags: int) -> Iterator[int]:
    fd = os.open(path, flags | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


def check_target(path: str) -> None:
    """A folder must be mounted at an absolute path below the root. Raises LayerFailedError."""
    if not path.startswith("/") or os.path.normpath(path) == "/" or ".." in path.split("/"):
        raise LayerFailedError(LAYER, f"{path!r} is no place in the tree", "name an absolute folder such as /data")
