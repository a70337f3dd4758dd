"""What a command that takes a while shows: a progress bar on standard error, where that is a terminal, and a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

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
