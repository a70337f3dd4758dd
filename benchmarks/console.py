"""Where results are printed."""

from __future__ import annotations

from typing import Final

from rich.console import Console

# Of a file or a pipe, which have no width of their own.
_WIDTH: Final = 150


def wide_console(*, to_stderr: bool) -> Console:
    """As wide as the terminal. ``to_stderr``: standard output is taken, by JSON."""
    console = Console(stderr=to_stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=to_stderr, highlight=False, width=_WIDTH)
