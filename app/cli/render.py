"""``renderserver render``: documents to pictures, through the same fork servers and the same sandbox as a server's."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Annotated, Any

import typer

from app import logging
from app.answer import Answer
from app.cli.flags import fail, settings_or_exit
from app.cli.homes import document_files
from app.cli.order import EXIT_REFUSED, make_query, run_order
from app.cli.places import RenderPlaces
from app.cli.several import RendersRequest, run_renders
from app.options import Path
from renderer import documents
from renderer.formats import DEFAULT, LOSSY, ImageFormat, listed, of_suffix
from sandbox.spec import NATIVE

_SHOWN_WARNINGS = 20


def _of_svg(text: str) -> Any:
    return typer.Option(help=f"For {ImageFormat.SVG.value}. {text}", show_default=False)


def render(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="DOC",
            help=f"The document, {documents.labels()}; - reads stdin. Without --out then OUT, the picture to write; "
            "- writes stdout. With --out any number of documents.",
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="OUT|FOLDER",
            help="Pictures are written into a folder if there are several, or if OUT exists as a folder or ends in /.",
        ),
    ] = None,
    path: Annotated[Path, typer.Option(help="auto takes the GPU where there is a real one.")] = Path.AUTO,
    node: Annotated[
        list[str] | None, typer.Option(help="Id of the node to draw, as 1:2; as often as needed, into a folder.")
    ] = None,
    export: Annotated[
        bool, typer.Option("--export", help="Draw the nodes as their own export settings say: suffix, format, size.")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Draw every node that has export settings, as these say.")
    ] = False,
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
    jobs: Annotated[
        int | None, typer.Option(help="Documents at a time. Default: RENDERSERVER_WORKERS.", min=1, show_default=False)
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Into a folder: only what an earlier run with the same options lacks.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on standard error but what failed.")] = False,
) -> None:
    """Draw the document DOC into the picture OUT, or any number of pictures into a FOLDER. No HTTP server is
    needed or started.

    Several documents, several nodes, --export, --all and --resume need a folder. Each of several documents has a
    folder of its own in it. Pictures are named after their nodes' ids, exported ones after their nodes' names. One that
    fails is named on standard error, and the others are drawn. FOLDER/renders.jsonl has a line for each: the file, the
    node, the size, or the code and the reason.

    Exit status: 0 all drawn; 1 a document or a picture was refused, or could not be read or written; 2 wrong usage or
    settings, said before anything is drawn; 3 a worker was killed or the sandbox cannot start; 130 interrupted:
    --resume draws the rest.
    """
    settings = settings_or_exit({"launcher": launcher})
    logging.silence()
    nodes, exports = tuple(dict.fromkeys(node or ())), export or all_
    places = RenderPlaces.of(given, out, several=exports or len(nodes) > 1, resume=resume)
    if exports:
        _check_exports(nodes, every=all_, said={"format": format_, "scale": scale, "width": width, "height": height})
    image_format = None if exports else _format_into(places, format_)
    options: dict[str, object] = {
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
    asked = tuple(make_query(options | {"node": each}) for each in nodes or (None,))
    images = tuple(image or ())
    if places.is_folder:
        files, most = document_files(places.documents, FilePath(places.out)), jobs or settings.workers
        request = RendersRequest(files, asked, exports, images, FilePath(places.out), resume, min(most, len(files)))
        run_renders(settings, request, quiet=quiet)
    else:
        made = run_order(settings, places.documents[0], images, asked[0])
        _write(places.out, made.content.read())
        if not quiet:
            _summarise(made, places.out)


def _check_exports(nodes: Sequence[str], *, every: bool, said: Mapping[str, object]) -> None:
    """``said``: options that export settings take the place of."""
    if every and nodes:
        fail("--all draws every node that has export settings. Leave --node out, or use --export.")
    if not every and not nodes:
        fail("--export needs --node. For every node with export settings use --all.")
    for name, value in said.items():
        if value is not None:
            fail(f"--{name}: the nodes' own export settings say it; leave it out with --export and --all.")


def _format_into(places: RenderPlaces, asked: ImageFormat | None) -> ImageFormat:
    if places.is_folder:
        return asked or DEFAULT
    return _agreed(places.out, asked) if asked else _format_of(places.out)


def _format_of(out: str) -> ImageFormat:
    """By the suffix, where there is one."""
    suffix = "" if out == "-" else FilePath(out).suffix
    found = of_suffix(suffix) if suffix else DEFAULT
    if found is None:
        formats = "|".join(each.value for each in ImageFormat)
        fail(f"No picture format ends in {suffix}. Use --format {formats}, or give OUT one of these endings.")
    return found


def _agreed(out: str, asked: ImageFormat) -> ImageFormat:
    """What was asked for by name, where OUT's suffix is not that of another format."""
    suffix = "" if out == "-" else FilePath(out).suffix
    if of_suffix(suffix) not in (None, asked):
        fail(f"--format: {asked.value} would go into {suffix}; end OUT in .{asked.suffixes[0]}, or leave --format out.")
    return asked


def _path_of(path: Path, launcher: str | None, image_format: ImageFormat | None) -> Path:
    """A launcher starts the GPU path's workers: who names one wants that path."""
    if launcher in (None, NATIVE) or path is not Path.AUTO:
        return path
    if image_format is not None and image_format.vector:
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
        fail(f"Cannot write {out}: {error.strerror}.", status=EXIT_REFUSED)


def _summarise(made: Answer, out: str) -> None:
    for name, said in _summary(made, out):
        print(f"{name:<8}  {said}", file=sys.stderr)


def _summary(made: Answer, out: str) -> Iterator[tuple[str, str]]:
    picture = made.picture
    yield "picture", f"{out}: {picture.width}x{picture.height} {picture.media_type}, {made.content.size} bytes"
    yield "drawn by", f"{made.path} path, {picture.device.name}{' (software)' if picture.device.software else ''}"
    yield "sandbox", ", ".join(made.layers) or "none"
    yield "time", ", ".join(f"{name} {ms:.1f} ms" for name, ms in made.timings_ms.items() if name != "queue")
    total = len(picture.warnings) + picture.warnings_dropped
    yield "warnings", str(total)
    for warning in picture.warnings[:_SHOWN_WARNINGS]:
        yield "", f"{warning.code} {warning.node or ''}: {warning.detail}"
    if total > _SHOWN_WARNINGS:
        yield "", f"and {total - _SHOWN_WARNINGS} more"
