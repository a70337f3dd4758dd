"""What a launcher is: the name of a tool, and how it is told to start a worker. Plain data and one function each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.export.model import Program
from sandbox.policy.model import SandboxPolicy


@dataclass(frozen=True, slots=True)
class Site:
    """Where things lie in the launch server's own mount namespace.

    ``tree``: the read-only root, put together; ``scratch``: a folder for what the tool wants to read; ``ids``: the
    worker's user and group; ``files``: what is in the tree, by the paths it has there.
    """

    tree: str
    scratch: str
    ids: tuple[int, int]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """How one worker is started.

    ``files``: opened for it, as (path, descriptor). ``named``: the worker's name, which no other has, is the last
    argument. ``ids``: who executes it (None: whoever the launch server is); ``set_uid``: with root's power all the
    same, as a set-uid program has it. ``takes_streams``: it gives its standard streams to the worker's user, whatever
    they are, so they must not be files of the host. ``clean_up``: with the name behind it, what removes a worker whose
    tool was killed before it could do so itself.
    """

    argv: tuple[str, ...]
    files: tuple[tuple[str, int], ...] = ()
    named: bool = False
    ids: tuple[int, int] | None = None
    set_uid: bool = False
    takes_streams: bool = False
    clean_up: tuple[str, ...] = ()

    def argv_of(self, name: str) -> tuple[str, ...]:
        return (*self.argv, name) if self.named else self.argv


def _nothing_to_check() -> None:
    """It works wherever it is installed."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """A tool, and what is peculiar about it.

    ``executable``: its path; raises LayerUnavailableError where it is not installed. ``check``: the same where it is
    installed and would hold no worker here. ``command``: writes what the tool
    reads into ``site.scratch``, once, and says how to call it. ``lacks``: layers of the policy that it has no word for
    and that are not added around it. ``inside``: it cannot make a tree somebody else's root, so the launch server goes
    into it, and these of the host's folders with it. ``adds``: mount points that it makes of its own accord.
    ``devices``: names that it adds to /dev, none of which leads to a secret or to hardware. ``empty``: folders it wants
    in the tree to mount on. ``bare_tree``: it sets the tree's flags itself, and fails where they are set already.
    ``inner_root``: it gets ready as an id 0 of the worker's user namespace, an unprivileged one outside.
    ``needs_root``: it cannot map the ids without. ``hides``: folders beside /tmp whose content a worker does
    not see, whatever the tool is told, so its program cannot lie in one. ``takes_off``: mounts of the host that it
    cannot live with, taken off in the launch server's own mount namespace.
    """

    name: str
    executable: Callable[[], str]
    command: Callable[[SandboxPolicy, Program, Site], Command]
    lacks: frozenset[str] = frozenset()
    inside: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    devices: frozenset[str] = frozenset()
    empty: tuple[str, ...] = ()
    bare_tree: bool = False
    inner_root: bool = False
    needs_root: bool = False
    hides: tuple[str, ...] = ()
    check: Callable[[], None] = _nothing_to_check
    takes_off: Callable[[], tuple[str, ...]] = tuple
