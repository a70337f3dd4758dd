"""``renderserver bench`` and ``renderserver loadtest``: measuring, each in a process of its own.

What measures knows all of the product, and nothing of the product may know it: so these two are started by name and
not imported. Python's own allocator has to be off before the first line of a program that measures a fork server's
start (:mod:`sandbox.mechanisms.arena`), which takes a new process anyway.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer


def bench(context: typer.Context) -> None:
    """Measure what the sandbox costs, layer by layer, against the figures to beat."""
    _become("benchmarks", context.args, PYTHONMALLOC="malloc")


def loadtest(context: typer.Context) -> None:
    """Put load on a server; say what its sandbox costs under load, and where it gives up."""
    _become("benchmarks.load", context.args)


def _become(module: str, arguments: list[str], **environment: str) -> NoReturn:
    """-P: a folder of the same name where the user happens to be is not what is meant."""
    command = [sys.executable, "-P", "-m", module, *arguments]
    os.execve(sys.executable, command, os.environ | environment)  # noqa: S606 - no shell is wanted
