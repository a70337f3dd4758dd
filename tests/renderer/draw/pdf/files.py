"""PDF files of small display lists, taken apart and rendered back by readers that are not ours."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import warnings as python_warnings
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import pytest
from PIL import Image

with python_warnings.catch_warnings():  # its classes, made by SWIG, lack a name that newer Pythons ask for
    python_warnings.simplefilter("ignore")
    import pymupdf

from renderer.compare.ground import Rgb, laid_on
from renderer.compare.ssim import ssim_map
from renderer.displaylist import Command, DisplayList, Link, Span
from renderer.draw.pdf import write_pdf
from renderer.geometry import Colour, Rect
from renderer.pixels import Pixels
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import SIZE, WHITE, draw

PER_INCH: Final = 144
"""Pixels, of pictures that readers make: two for each unit of a page."""

Reader = Callable[[bytes], Rgb]
needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")


def write(
    *commands: Command,
    size: int = SIZE,
    scale: float = 1.0,
    background: Colour | None = None,
    links: tuple[Link, ...] = (),
    spans: tuple[Span, ...] = (),
    title: str = "",
    warnings: Warnings | None = None,
) -> bytes:
    page = DisplayList(Rect(0, 0, size, size), scale, background, commands, spans, links, title)
    pixels = round(size * scale)
    return write_pdf(page, width=pixels, height=pixels, scale=scale, warnings=warnings or Warnings(100))


def opened(body: bytes) -> Any:
    """A ``pymupdf.Document``."""
    return pymupdf.open(stream=body, filetype="pdf")  # type: ignore[no-untyped-call]


def objects(body: bytes) -> Iterator[tuple[int, str]]:
    """Number and dictionary of each object, as they are written, where the table says that they are."""
    table = int(body[body.rindex(b"startxref") :].split()[1])
    for entry in body[table:].split(b" \n")[1:-1]:
        found = re.match(rb"(\d+) 0 obj\n(.*?)(stream\n|\nendobj)", body[int(entry[:10]) :], re.DOTALL)
        assert found is not None
        yield int(found[1]), found[2].decode("ascii")


def having(body: bytes, *words: str) -> list[str]:
    """The dictionaries with all of these words."""
    return [text for _, text in objects(body) if all(word in text for word in words)]


def streams(body: bytes, *words: str) -> list[bytes]:
    """What the streams hold, inflated, of objects whose dictionary has all of these words."""
    document = opened(body)
    chosen = [number for number, text in objects(body) if all(word in text for word in words)]
    return [document.xref_stream(number) for number in chosen if document.xref_is_stream(number)]


def painted(body: bytes) -> str:
    """The operators of all forms, and of the page."""
    contents = re.search(r"/Contents (\d+) 0 R", body.decode("latin-1"))
    assert contents is not None
    page = opened(body).xref_stream(int(contents.group(1)))
    return b"\n".join([*streams(body, "/Subtype/Form"), page]).decode("ascii")


def mupdf(body: bytes) -> Rgb:
    picture = opened(body)[0].get_pixmap(dpi=PER_INCH, alpha=False)
    return np.frombuffer(picture.samples, np.uint8).reshape(picture.height, picture.width, 3)


def poppler(body: bytes) -> Rgb:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.pdf"
        path.write_bytes(body)
        program = ["pdftoppm", "-r", str(PER_INCH), "-png", str(path)]
        done = subprocess.run(program, check=True, capture_output=True)
    assert done.stderr == b""
    return cast("Rgb", np.asarray(Image.open(BytesIO(done.stdout)).convert("RGB")))


READERS: Final = [
    pytest.param(mupdf, id="mupdf"),
    pytest.param(poppler, id="poppler", marks=needs_poppler),
]


def on_paper(pixels: Pixels) -> Rgb:
    return laid_on(pixels, 255)


def ours(*commands: Command, size: int = SIZE, background: Colour | None = WHITE) -> Rgb:
    """The same commands by our own rasteriser, as finely as readers draw them."""
    return on_paper(draw(*commands, size=size, scale=2.0, background=background))


def similarity(one: Rgb, other: Rgb) -> float:
    """SSIM, mean over what both show: a reader rounds a page's size up as it likes."""
    height, width = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    assert abs(one.shape[0] - other.shape[0]) <= 1
    assert abs(one.shape[1] - other.shape[1]) <= 1
    return float(ssim_map(one[:height, :width], other[:height, :width]).mean())


def text_of(body: bytes) -> str:
    """What MuPDF finds to copy."""
    return cast("str", opened(body)[0].get_text())


def text_by_poppler(body: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=body, check=True, capture_output=True)
    assert done.stderr == b""
    return done.stdout.decode()
