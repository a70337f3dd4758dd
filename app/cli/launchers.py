"""``renderserver doctor --inside --launchers``: the same worker in everybody's hands."""

from __future__ import annotations

import asyncio
import sys

from rich.console import Console
from rich.table import Table

from app.portraits import Portrait, portraits
from app.settings import Settings


def show_launchers(settings: Settings) -> None:
    """A column for each launcher that is there, a line for each that is not."""
    found = asyncio.run(_all(settings))
    there = [portrait for portrait in found if not portrait.refused]
    table = Table(
        title="A waiting worker of each launcher, as the host's /proc shows it", title_justify="left", box=None
    )
    for heading in ("", *(portrait.launcher for portrait in there)):
        table.add_column(heading, overflow="fold")
    for rows in zip(*(portrait.rows for portrait in there), strict=True):
        table.add_row(rows[0][0], *(detail for _, detail in rows))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    console.print(table)
    for portrait in found:
        if portrait.refused:
            console.print(f"{portrait.launcher}: not here ({portrait.refused})")


async def _all(settings: Settings) -> list[Portrait]:
    return [portrait async for portrait in portraits(settings)]
