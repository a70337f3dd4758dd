"""What a command that takes a while shows: a progress bar on standard error, where that is a terminal, and a table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

T = TypeVar("T")
_FILE_WIDTH = 200


def output() -> Console:
    """Standard output. Into a file or a pipe lines are as long as they are, not as a terminal would have them."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_FILE_WIDTH)


def numbers(first: str, *others: str) -> Table:
    """A table of a name and numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right")
    return table


def progress(what: str, items: Sequence[T], title: Callable[[T], str]) -> Iterator[T]:
    """Every item; the bar moves when the next one is asked for. ``title``: what an item is called in it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=len(items))
        for item in items:
            bar.update(task, description=f"{what} {title(item)}")
            yield item
            bar.advance(task)


class OutputProgress:
    """Of outputs whose number grows while they are made: a bar on standard error, where that is a terminal, else a line
    for each. ``quiet``: only what failed."""

    def __init__(self, what: str, *, quiet: bool) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._shows_bar = console.is_terminal and not quiet
        self._prints_all = not self._shows_bar and not quiet
        self._bar = Progress(*columns, console=console, transient=True, disable=not self._shows_bar)
        self._task = self._bar.add_task(what, total=0)
        self._expected = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def expect(self, outputs: int) -> None:
        """So many more."""
        self._expected += outputs
        self._bar.update(self._task, total=self._expected)

    def end(self, outputs: int = 1, line: str | None = None) -> None:
        """So many are done. ``line``: what is said of them where there is no bar."""
        self._bar.advance(self._task, outputs)
        if line is not None and self._prints_all:
            print(line, file=sys.stderr)

    def fail(self, line: str, outputs: int = 1) -> None:
        """So many have failed, for one reason, which is said in any case."""
        self._bar.advance(self._task, outputs)
        self._say(line)

    def note(self, line: str, outputs: int = 1) -> None:
        """So many have ended, which is said beside the bar, too."""
        self._bar.advance(self._task, outputs)
        if self._shows_bar or self._prints_all:
            self._say(line)

    def _say(self, line: str) -> None:
        if self._shows_bar:
            self._bar.console.print(Text(line), soft_wrap=True)
        else:
            print(line, file=sys.stderr)
