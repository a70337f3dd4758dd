"""What goes into an exporter beside the policy, and what comes out. Pure data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.policy.model import SandboxPolicy


@dataclass(frozen=True, slots=True)
class Program:
    """What is to run inside, and what it needs of the host. All paths are absolute.

    ``files``: files and folders that appear read-only where they are; ``folders``: read-only as (source, target).
    ``uid``/``gid``: the unprivileged ids, the same inside and outside. ``descriptors``: kept open, all others closed.
    """

    argv: tuple[str, ...]
    files: tuple[str, ...] = ()
    folders: tuple[tuple[str, str], ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    uid: int = 65532
    gid: int = 65532
    descriptors: tuple[int, ...] = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class File:
    """``name``: a proposal, without a folder."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Export:
    """``files``: the first is the main one. ``gaps``: what of the policy this target cannot express, one sentence each;
    they are written into the main file too."""

    files: tuple[File, ...]
    gaps: tuple[str, ...]


Exporter: TypeAlias = Callable[[SandboxPolicy, Program], Export]


def text_file(name: str, text: str) -> File:
    return File(name, text.encode())
