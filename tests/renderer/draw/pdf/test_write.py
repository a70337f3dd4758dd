from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from renderer.displaylist import FillGlyphs
from renderer.draw import WRITERS
from renderer.formats import ImageFormat
from renderer.geometry import IDENTITY, Colour, Matrix, Rect
from renderer.options import RenderOptions
from renderer.picture import Picture
from renderer.scene import GradientKind
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import PAGE, RED, box, circle, fill, gradient, listed, shadow, solid
from tests.renderer.draw.pdf.files import having, mupdf, objects, opened, streams, write
from tests.renderer.text.words import lay

ROOT = Path(__file__).parents[4]
HOSTILE = [
    ")>> endobj 1 0 obj <</Type/Catalog>> endobj",
    "\\",
    "(((",
    "\x00\x1f\x7f\x80",
    "\ud800 alone",
    "%PDF-1.7\n%%EOF",
    "a" * 100_000,
    "\u202eright to left",
    "<!-- -->",
]


def test_the_page_is_as_large_as_the_picture() -> None:
    page = opened(write(fill(box()), size=30, scale=1.5))[0]
    assert tuple(page.mediabox) == (0, 0, 45, 45)
    assert page.rotation == 0


def test_the_registered_writer_takes_the_size_of_the_picture() -> None:
    body = WRITERS[ImageFormat.PDF](listed(fill(box())), Picture(250, 251, 2.5), RenderOptions(), Warnings(9))
    assert tuple(opened(body)[0].mediabox) == (0, 0, 250, 251)
    assert opened(body)[0].get_pixmap().pixel(50, 50) == (255, 0, 0)
    assert opened(body)[0].get_pixmap().pixel(50, 105) == (255, 255, 255)


def test_the_title_is_shown_and_there_are_no_dates() -> None:
    body = write(title="Größe (1) 漢字")
    assert opened(body).metadata["title"] == "Größe (1) 漢字"
    assert having(body, "/DisplayDocTitle true")
    assert not re.search(rb"Date|Producer|Creator", body)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_or_text_leaves_the_file_whole(text: str) -> None:
    layout = lay(text[:200])
    glyphs = [FillGlyphs(run, IDENTITY, (solid(),), PAGE) for run in layout.runs]
    body = write(*glyphs, fill(box()), title=text)
    document = opened(body)
    assert not document.is_repaired
    assert document.page_count == 1
    assert document.metadata["title"].startswith(text[:5].replace("\ud800", "\ufffd").split("\x00", maxsplit=1)[0])
    assert len([text for _, text in objects(body) if text.startswith("<</Type/Catalog")]) == 1


def test_the_background_fills_the_page() -> None:
    assert (mupdf(write(background=RED)) == (255, 0, 0)).all()
    assert np.abs(mupdf(write(background=Colour(1, 0, 0, 0.5))).astype(int) - (255, 127, 127)).max() <= 2


def test_an_empty_picture_is_a_file_too() -> None:
    assert (mupdf(write()) == 255).all()


def test_what_is_shown_twice_is_written_once() -> None:
    one, many = (
        write(*[fill(PAGE, gradient(GradientKind.LINEAR, Matrix.scaling(90, 90)))] * count) for count in (1, 40)
    )
    assert len(list(objects(one))) == len(list(objects(many)))


def test_streams_end_where_they_say() -> None:
    body = write(*[fill(circle(x, 10)) for x in range(50)])
    assert len(streams(body)) >= 2
    assert not opened(body).is_repaired


SCRIPT = """
import sys, hashlib, locale
for name in ("C", "de_DE.UTF-8", "tr_TR.UTF-8"):
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        pass
from renderer.displaylist import FillGlyphs, Link
from renderer.geometry import IDENTITY, Rect
from tests.renderer.draw.drawing import PAGE, box, circle, fill, shadow, solid
from tests.renderer.draw.pdf.files import write
from tests.renderer.text.words import lay
glyphs = [FillGlyphs(run, IDENTITY, (solid(),), PAGE) for run in lay("Grüße 漢字 😀 iİ").runs]
body = write(*glyphs, fill(circle(1, 2)), shadow(box(), 1, 1, 4), links=(Link(box(), "https://a.org/é"),), title="é")
print(hashlib.sha256(body).hexdigest())
"""


def test_the_bytes_depend_on_nothing_but_the_list() -> None:
    def digest(seed: str, language: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": language, "TZ": "Asia/Tokyo"}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert digest("1", "C") == digest("2", "C.UTF-8")


def test_a_shadow_far_larger_than_the_page_is_drawn_as_far_as_it_shows() -> None:
    huge = Rect(-50_000, -50_000, 100_000, 100_000)
    body = write(shadow(huge, 0, 0, 40, matrix=Matrix.translation(0, 0)))
    assert len(body) < 20_000
