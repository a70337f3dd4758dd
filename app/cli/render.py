"""``renderserver render``: one document to one picture, through the same fork servers and the same sandbox."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app import logging
from app.answer import Answer, Rendered, answer
from app.cli.flags import EXIT_USAGE, fail, settings_or_exit
from app.dispatch import Renders
from app.host import gpu_nodes
from app.options import Path, RenderQuery, encode_header
from app.problems import ProblemError
from app.settings import Settings
from app.upload import JSON
from sandbox.exceptions import SandboxError
from sandbox.launchers import NATIVE
from sandbox.mechanisms.memfd import seal_bytes

EXIT_REFUSED = 1
EXIT_SERVER = 3
_SUFFIXES = {".jpeg": "jpg"}
_SHOWN_WARNINGS = 20


@dataclass(frozen=True, slots=True)
class RenderArguments:
    """What the command line asks for."""

    document: bytes
    images: tuple[bytes, ...]
    query: RenderQuery


def render(
    document: Annotated[
        str, typer.Argument(metavar="DOC", help="The document, JSON of Figma's REST API; - reads stdin.")
    ],
    out: Annotated[str, typer.Argument(metavar="OUT", help="The picture to write; - writes stdout.")],
    path: Annotated[Path, typer.Option(help="auto takes the GPU where there is a real one.")] = Path.AUTO,
    node: Annotated[str | None, typer.Option(help="Id of the node to draw, as 1:2.")] = None,
    scale: Annotated[float | None, typer.Option(help="Device pixels per document pixel, 0.01 to 4.")] = None,
    width: Annotated[int | None, typer.Option(help="Width in pixels, instead of the scale.")] = None,
    height: Annotated[int | None, typer.Option(help="Height in pixels, instead of the scale.")] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="png, jpg, webp or avif; default: OUT's suffix, else png.")
    ] = None,
    background: Annotated[str | None, typer.Option(help="#rgb[a], #rrggbb[aa] or transparent.")] = None,
    quality: Annotated[int, typer.Option(help="1 to 100, for jpg, webp and avif.")] = 90,
    contents_only: Annotated[bool, typer.Option(help="Leave out what merely overlaps the node.")] = True,
    use_absolute_bounds: Annotated[bool, typer.Option(help="The node's own box, not all it paints.")] = False,
    image: Annotated[
        list[FilePath] | None, typer.Option(help="An image of the document; as often as needed.", dir_okay=False)
    ] = None,
    launcher: Annotated[
        str | None, typer.Option(help="Who starts the GPU path's worker: nsjail, bubblewrap, firejail, crun or runc.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No summary on standard error.")] = False,
) -> None:
    """Draw the document DOC into the picture OUT. No HTTP server is needed or started.

    Exit status: 0 drawn, 1 the document was refused, 2 wrong usage or settings, 3 the sandbox cannot be had or the
    worker was killed.
    """
    settings = settings_or_exit({"launcher": launcher})
    logging.silence()
    if launcher not in (None, NATIVE) and path is Path.AUTO:
        path = Path.GPU
    options: dict[str, object] = {
        "node": node,
        "format": format_ or _format_of(out),
        "scale": scale,
        "width": width,
        "height": height,
        "background": background,
        "path": path,
        "quality": quality,
        "contents_only": contents_only,
        "use_absolute_bounds": use_absolute_bounds,
    }
    order = _order(document, image or [], options)
    made = _run(settings, order)
    _write(out, made.body)
    if not quiet:
        _summarise(made, out)


def _format_of(out: str) -> str:
    suffix = FilePath(out).suffix.lower()
    return _SUFFIXES.get(suffix, suffix.removeprefix(".")) if out != "-" and suffix else "png"


def _order(document: str, images: Sequence[FilePath], options: dict[str, object]) -> RenderArguments:
    try:
        query = RenderQuery.model_validate({name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        fail(*(f"--{'.'.join(map(str, item['loc'])) or 'scale'}: {item['msg']}" for item in error.errors()))
    try:
        data = sys.stdin.buffer.read() if document == "-" else FilePath(document).read_bytes()
        return RenderArguments(data, tuple(path.read_bytes() for path in images), query)
    except OSError as error:
        fail(f"Cannot read {error.filename}: {error.strerror}.")


def _run(settings: Settings, order: RenderArguments) -> Answer:
    try:
        return asyncio.run(_draw(settings, order))
    except ProblemError as problem:
        status = EXIT_REFUSED if problem.kind.status < 500 else EXIT_SERVER
        where = f" (at {problem.extra['field']})" if problem.extra.get("field") else ""
        said = [f"{problem.kind.title}: {problem.detail}{where}", f"code: {problem.subcode or problem.code}"]
        if isinstance(problem.__cause__, SandboxError):
            said.append(f"reason: {problem.__cause__}")
        fail(*said, status=status)


async def _draw(settings: Settings, order: RenderArguments) -> Answer:
    """Starts the fork servers it needs, and stops them again."""
    if not order.document:
        raise ProblemError("body-empty", "The document is empty.")
    renders = Renders(settings.model_copy(update={"paths": _needed(order.query.path), "pool": 1, "workers": 1}))
    await renders.start()
    try:
        path = renders.choose(order.query.path)
        digests = tuple(hashlib.sha1(image, usedforsecurity=False).hexdigest() for image in order.images)
        header = encode_header(order.query, media_type=JSON, images=digests)
        fds = [seal_bytes(data) for data in (order.document, *order.images)]
        try:
            outcome = await renders.submit(path, header, fds)
        finally:
            for fd in fds:
                os.close(fd)
        return answer(Rendered(order.query, path.name, outcome, settings.limits, 0.0))
    finally:
        await renders.stop()


def _needed(path: Path) -> tuple[str, ...]:
    if path is not Path.AUTO:
        return (path.value,)
    return ("cpu", "gpu") if gpu_nodes() else ("cpu",)


def _write(out: str, body: bytes) -> None:
    try:
        if out == "-":
            sys.stdout.buffer.write(body)
            sys.stdout.buffer.flush()
        else:
            FilePath(out).write_bytes(body)
    except OSError as error:
        fail(f"Cannot write {out}: {error.strerror}.", status=EXIT_USAGE)


def _summarise(made: Answer, out: str) -> None:
    console = Console(stderr=True, highlight=False)
    picture = made.picture
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("picture", f"{out}: {picture.width}x{picture.height} {made.media_type}, {len(made.body)} bytes")
    table.add_row(
        "drawn by", Text(f"{made.path} path, {picture.device.name}{' (software)' if picture.device.software else ''}")
    )
    table.add_row("sandbox", ", ".join(made.layers) or "none")
    table.add_row("time", ", ".join(f"{name} {ms:.1f} ms" for name, ms in made.timings_ms.items() if name != "queue"))
    total = len(picture.warnings) + picture.warnings_dropped
    table.add_row("warnings", str(total))
    for warning in picture.warnings[:_SHOWN_WARNINGS]:
        table.add_row("", Text(f"{warning.code} {warning.node or ''}: {warning.detail}"))
    if total > _SHOWN_WARNINGS:
        table.add_row("", f"and {total - _SHOWN_WARNINGS} more")
    console.print(table)
