"""``renderserver attack``: all 51 probes against workers of real fork servers, each beside its positive control."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from app import attackrecord, logging
from app.cli.flags import fail, settings_or_exit
from app.options import Path, RenderQuery, encode_header
from app.service.specs import configure
from app.settings import Settings
from renderer.documents import DocumentFormat
from sandbox.attack import matrix
from sandbox.attack.ground import Document, RefusedError
from sandbox.attack.leftovers import RENDERS
from sandbox.attack.probe import Finding, ProbeRow
from sandbox.attack.suite import TITLES, escaped
from sandbox.attack.suite import attack as run
from sandbox.exceptions import SandboxError
from sandbox.launchers.registry import installed
from sandbox.spec import NATIVE, WorkerSpec

EXIT_ESCAPED = 1
EXIT_SANDBOX = 3
_ALL = "all"
_COLOURS = {Finding.DEFEATED: "green", Finding.BLIND: "yellow", Finding.ESCAPED: "bold red"}
_WORDS = {Finding.DEFEATED: "defeated", Finding.BLIND: "blind", Finding.ESCAPED: "ESCAPED"}
# What the probes that render have drawn: something with a shape in it.
_DOCUMENT = {
    "id": "1:1",
    "type": "FRAME",
    "name": "attacked",
    "cornerRadius": 8,
    "absoluteBoundingBox": {"x": 0, "y": 0, "width": 64, "height": 48},
    "fills": [{"type": "SOLID", "blendMode": "NORMAL", "color": {"r": 0.2, "g": 0.5, "b": 0.9, "a": 1}}],
    "children": [],
}


def attack(
    path: Annotated[Path, typer.Option(help="The path to attack; auto: both.")] = Path.AUTO,
    json_: Annotated[bool, typer.Option("--json", help="One JSON row per probe and path, on standard output.")] = False,
    launcher: Annotated[
        str | None,
        typer.Option(
            help="Who starts the GPU path's workers: nsjail, bubblewrap, firejail, crun, runc; all: each in turn."
        ),
    ] = None,
    probe: Annotated[list[int] | None, typer.Option(help="Only this probe; as often as needed.", min=1, max=51)] = None,
    renders: Annotated[
        int, typer.Option(help="How many renders probe 51 makes; through a launcher at most 50.", min=1)
    ] = RENDERS,
    write_matrix: Annotated[
        FilePath | None,
        typer.Option(help="Try each layer alone as well, and write the table, as docs/attack-matrix.md."),
    ] = None,
) -> None:
    """Try every escape from inside real workers, and say which were defeated and by which layer.

    A probe is defeated only if the very same attempt works with no sandbox around it (in throwaway namespaces); where
    it does not, the probe is blind, and says so.

    Exit status: 0 nothing escaped, 1 something did, 2 wrong usage or settings, 3 the sandbox cannot be had.
    """
    settings = settings_or_exit({"launcher": None if launcher == _ALL else launcher})
    logging.silence()
    numbers = sorted(set(probe or TITLES))
    specs = [_spec(settings, name) for name in _paths(settings, path)]
    if launcher == _ALL:
        specs += [replace(_spec(settings, "gpu"), launcher=name) for name in installed()]
    console = Console(stderr=json_, highlight=False, soft_wrap=not sys.stdout.isatty())
    try:
        rows = asyncio.run(_attack(specs, numbers, renders, console, as_json=json_))
    except (SandboxError, RefusedError) as error:
        fail(f"The sandbox cannot be had, so it was not attacked: {error}", status=EXIT_SANDBOX)
    if not json_:
        _show(rows, console)
    if not probe:
        attackrecord.save([row.to_json() for row in rows])
    if write_matrix is not None:
        _write_matrix(write_matrix, rows, numbers, console)
    if escaped(rows):
        raise typer.Exit(EXIT_ESCAPED)


def _paths(settings: Settings, path: Path) -> list[str]:
    """A launcher has nothing to do with the CPU path, which is then attacked only where it is named."""
    if path is not Path.AUTO:
        return [path.value]
    return list(dict.fromkeys(settings.paths)) if settings.launcher == NATIVE else ["gpu"]


def _spec(settings: Settings, path: str) -> WorkerSpec:
    return replace(configure(settings, path), unsandboxed=False, pool=2)


async def _attack(
    specs: list[WorkerSpec], numbers: list[int], renders: int, console: Console, *, as_json: bool
) -> list[ProbeRow]:
    header = encode_header(RenderQuery(), media_type=DocumentFormat.REST_JSON.media_type, images=())
    document = Document(header, (json.dumps(_DOCUMENT).encode(),))
    rows = []
    with progress(console) as say:
        async for row in run(specs, numbers, document=document, renders=renders, on_progress=say):
            rows.append(row)
            if as_json:
                print(json.dumps(row.to_json()), flush=True)
    return rows


@contextmanager
def progress(console: Console) -> Iterator[Callable[[str], None]]:
    """A line that says what is going on. Drawn when something changes and not by a thread: the controls are forks."""
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda text: live.update(Text(text, "dim"), refresh=True)


def _show(rows: list[ProbeRow], console: Console) -> None:
    table = Table(title="Attack suite", title_justify="left", title_style="bold", box=None)
    for heading in ("#", "probe", "path", "launcher", "result", "stopped by", "why"):
        table.add_column(heading, no_wrap=heading in ("#", "path", "launcher", "result"))
    for row in sorted(rows, key=lambda row: (row.probe, row.path)):
        result = Text(_WORDS[row.result], _COLOURS[row.result])
        table.add_row(str(row.probe), row.title, row.path, row.launcher, result, ", ".join(row.stopped_by), row.why)
    console.print(table)
    counts = {finding: sum(row.result is finding for row in rows) for finding in Finding}
    console.print(", ".join(f"{count} {_WORDS[finding]}" for finding, count in counts.items()))


def _write_matrix(place: FilePath, rows: list[ProbeRow], numbers: list[int], console: Console) -> None:
    with progress(console) as say:
        alone = matrix.measure(numbers, on_progress=say)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(matrix.markdown(rows, alone), encoding="utf-8")
    console.print(f"The matrix is in {place}.")
