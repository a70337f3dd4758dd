"""Whole documents, written as PDF and drawn by readers, against their PNG."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Final

import numpy as np
import pytest
from PIL import Image

from renderer.compare.ground import Rgb
from renderer.draw.raster import make_raster_surface
from renderer.formats import ImageFormat
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.rehearsal import rehearsal_document, rehearsal_images
from renderer.render import RenderResult, render
from tests.renderer.draw.pdf.files import READERS, Reader, on_paper, opened, similarity, text_of
from tests.renderer.fonts.committed import provider
from tests.scenes.documents import PHOTO, REF, SCENES

LIMITS: Final = RenderLimits()
DOCUMENTS: Final[Mapping[str, tuple[bytes, Mapping[str, bytes]]]] = {
    **{name: (document, {REF: PHOTO}) for name, document in SCENES.items()},
    "rehearsal": (rehearsal_document(), rehearsal_images()),
}
EXCEPTIONS: Final = {("poppler", "blends"): "poppler's SetSat, of HUE and SATURATION, is not that of the standard"}
LARGEST_SCREEN: Final = 200 * 1024


def _rendered(name: str, image_format: ImageFormat, scale: float) -> RenderResult:
    document, images = DOCUMENTS[name]
    return render(
        document,
        "application/json",
        options=RenderOptions(format=image_format, scale=scale),
        images=ImageSource(images, limits=LIMITS),
        fonts=provider(),
        make_surface=make_raster_surface,
        limits=LIMITS,
        on_stage=lambda _: None,
        clock=lambda: 0.0,
    )


@cache
def _file(name: str) -> bytes:
    return _rendered(name, ImageFormat.PDF, 1.0).body


@cache
def _picture(name: str) -> Rgb:
    png = Image.open(BytesIO(_rendered(name, ImageFormat.PNG, 2.0).body))
    return on_paper(np.asarray(png.convert("RGBA")))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_looks_as_its_png_does(name: str, reader: Reader) -> None:
    least = 0.96 if (reader.__name__, name) in EXCEPTIONS else 0.98
    assert similarity(reader(_file(name)), _picture(name)) >= least


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_reader_has_nothing_to_repair(name: str) -> None:
    assert not opened(_file(name)).is_repaired


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_page_is_a_small_file(name: str) -> None:
    assert len(_file(name)) < LARGEST_SCREEN


def test_the_words_of_a_document_are_found() -> None:
    found = text_of(_file("words"))
    for words in (
        "Plain",
        "A paragraph that is\nset in several lines,",
        "Ελληνικά Кириллица",
        "Small print, seven pixels high",
    ):
        assert words in found


def test_the_same_document_gives_the_same_bytes() -> None:
    assert _rendered("screen", ImageFormat.PDF, 1.0).body == _file("screen")


def test_every_exception_is_of_a_document() -> None:
    assert {name for _, name in EXCEPTIONS} <= DOCUMENTS.keys()
