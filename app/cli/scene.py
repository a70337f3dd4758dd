"""``renderserver scene``: what a document comes down to, as text."""

from __future__ import annotations

import sys
from pathlib import Path as FilePath
from typing import Annotated

import typer

from app import logging
from app.cli.flags import settings_or_exit
from app.cli.order import make_query, run_order
from app.options import Path
from renderer import documents
from renderer.options import Shows


def scene(
    document: Annotated[str, typer.Argument(metavar="DOC", help=f"The document, {documents.labels()}; - reads stdin.")],
    lowered: Annotated[bool, typer.Option("--lowered", help="The display list: the commands that are drawn.")] = False,
    node: Annotated[str | None, typer.Option(help="Id of the node to show, as 1:2.")] = None,
    scale: Annotated[float | None, typer.Option(help="Device pixels per document pixel, 0.01 to 4.")] = None,
    image: Annotated[
        list[FilePath] | None, typer.Option(help="An image of the document; as often as needed.", dir_okay=False)
    ] = None,
) -> None:
    """Print the scene of the document DOC: what is seen, with nothing left of how the document said it. With --lowered,
    the flat list of commands that every target draws. Made inside the sandbox, like a picture.

    Exit status: 0 printed, 1 the document was refused or cannot be read, 2 wrong usage or settings, 3 the worker was
    killed or the sandbox cannot start.
    """
    settings = settings_or_exit({})
    logging.silence()
    shows = Shows.DISPLAY_LIST if lowered else Shows.SCENE
    query = make_query({"node": node, "scale": scale, "path": Path.CPU})
    made = run_order(settings, document, image or [], query, shows)
    with made:
        for chunk in made.content.chunks():
            sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
