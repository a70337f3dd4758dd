"""``renderserver render``: one document to one picture, through the same fork servers and the same sandbox."""

from __future__ import annotations

import sys
from pathlib import Path as FilePath
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app import logging
from app.answer import Answer
from app.cli.flags import EXIT_USAGE, fail, settings_or_exit
from app.cli.order import make_order, run_order
from app.options import Path
from renderer import documents
from renderer.formats import DEFAULT, LOSSY, ImageFormat, listed, of_suffix
from sandbox.spec import NATIVE

_SHOWN_WARNINGS = 20


def _of_svg(text: str) -> Any:
    return typer.Option(help=f"For {ImageFormat.SVG.value}. {text}", show_default=False)


def render(
    document: Annotated[str, typer.Argument(metavar="DOC", help=f"The document, {documents.labels()}; - reads stdin.")],
    out: Annotated[
        str | None, typer.Argument(metavar="OUT", help="The picture to write; - writes stdout.", show_default=False)
    ] = None,
    out_option: Annotated[str | None, typer.Option("--out", "-o", metavar="OUT", help="The same, by name.")] = None,
    path: Annotated[Path, typer.Option(help="auto takes the GPU where there is a real one.")] = Path.AUTO,
    node: Annotated[str | None, typer.Option(help="Id of the node to draw, as 1:2.")] = None,
    scale: Annotated[float | None, typer.Option(help="Device pixels per document pixel, 0.01 to 4.")] = None,
    width: Annotated[int | None, typer.Option(help="Width in pixels, instead of the scale.")] = None,
    height: Annotated[int | None, typer.Option(help="Height in pixels, instead of the scale.")] = None,
    format_: Annotated[
        ImageFormat | None, typer.Option("--format", help=f"Default: by OUT's suffix; {DEFAULT.value} without one.")
    ] = None,
    background: Annotated[str | None, typer.Option(help="#rgb[a], #rrggbb[aa] or transparent.")] = None,
    quality: Annotated[int, typer.Option(help=f"1 to 100, for {listed(LOSSY)}.")] = 90,
    contents_only: Annotated[bool, typer.Option(help="Leave out what merely overlaps the node.")] = True,
    use_absolute_bounds: Annotated[bool, typer.Option(help="The node's own box, not all it paints.")] = False,
    svg_outline_text: Annotated[bool | None, _of_svg("Text as paths (the default), or as text.")] = None,
    svg_include_id: Annotated[bool | None, _of_svg("Layers' names as ids.")] = None,
    svg_include_node_id: Annotated[bool | None, _of_svg("Layers' ids as data-node-id.")] = None,
    svg_simplify_stroke: Annotated[bool | None, _of_svg("Strokes without masks where that looks the same.")] = None,
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
    out = _one_of(out, out_option)
    image_format = _agreed(out, format_) if format_ else _format_of(out)
    options: dict[str, object] = {
        "node": node,
        "format": image_format,
        "scale": scale,
        "width": width,
        "height": height,
        "background": background,
        "path": _path_of(path, launcher, image_format),
        "quality": quality,
        "contents_only": contents_only,
        "use_absolute_bounds": use_absolute_bounds,
        "svg_outline_text": svg_outline_text,
        "svg_include_id": svg_include_id,
        "svg_include_node_id": svg_include_node_id,
        "svg_simplify_stroke": svg_simplify_stroke,
    }
    order = make_order(document, image or [], options)
    made = run_order(settings, order)
    _write(out, made.content.read())
    if not quiet:
        _summarise(made, out)


def _one_of(argument: str | None, option: str | None) -> str:
    if argument is not None and option is not None:
        fail("OUT is given twice, as an argument and as --out: leave one of them out.")
    out = argument or option
    if not out:
        fail("Say where the picture goes: OUT, or --out OUT; - writes standard output.")
    return out


def _format_of(out: str) -> ImageFormat:
    """By the suffix, where there is one."""
    suffix = "" if out == "-" else FilePath(out).suffix
    found = of_suffix(suffix) if suffix else DEFAULT
    if found is None:
        fail(f"--format: {suffix} is the suffix of none; name {listed(ImageFormat, 'or')}, or end OUT in one of them.")
    return found


def _agreed(out: str, asked: ImageFormat) -> ImageFormat:
    """What was asked for by name, where OUT's suffix is not that of another format."""
    suffix = "" if out == "-" else FilePath(out).suffix
    if of_suffix(suffix) not in (None, asked):
        fail(f"--format: {asked.value} would go into {suffix}; end OUT in .{asked.suffixes[0]}, or leave --format out.")
    return asked


def _path_of(path: Path, launcher: str | None, image_format: ImageFormat) -> Path:
    """A launcher starts the GPU path's workers: who names one wants that path."""
    if launcher in (None, NATIVE) or path is not Path.AUTO:
        return path
    if image_format.vector:
        name = image_format.value
        fail(f"--launcher: it starts workers of the GPU path, and {name} is written on the CPU path; leave it out.")
    return Path.GPU


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
    table.add_row("picture", f"{out}: {picture.width}x{picture.height} {picture.media_type}, {made.content.size} bytes")
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
