from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from renderer.draw.raster import make_raster_surface
from renderer.exceptions import DocumentError, ImageError, RenderError
from renderer.fonts import FontProvider
from renderer.formats import ImageFormat
from renderer.geometry import Colour
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.rehearsal import rehearsal_document, rehearsal_images
from renderer.render import RenderResult, Stage, render
from tests.renderer.lower.drawing import load_fonts


@pytest.fixture(scope="module")
def fonts() -> FontProvider:
    return load_fonts()


def _document(**more: Any) -> bytes:
    node = {
        "id": "1:1",
        "name": "square",
        "type": "RECTANGLE",
        "absoluteBoundingBox": {"x": -7.5, "y": 3.25, "width": 20, "height": 10},
        "fills": [{"type": "SOLID", "color": {"r": 0, "g": 0.5, "b": 1, "a": 1}}],
    }
    return json.dumps(node | more).encode()


def _render(document: bytes, fonts: FontProvider, media_type: str = "application/json", **more: Any) -> RenderResult:
    limits = more.pop("limits", RenderLimits())
    return render(
        document,
        media_type,
        options=RenderOptions(**more.pop("options", {})),
        images=ImageSource(more.pop("images", {}), limits=limits),
        fonts=fonts,
        make_surface=make_raster_surface,
        limits=limits,
        on_stage=more.pop("on_stage", lambda stage: None),
        clock=more.pop("clock", lambda: 0.0),
    )


def _pixels(result: RenderResult) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(result.body)).convert("RGBA"))


def test_a_fractional_page_origin_is_moved_to_zero(fonts: FontProvider) -> None:
    result = _render(_document(), fonts, options={"scale": 2.0})
    assert (result.width, result.height, result.media_type) == (40, 20, "image/png")
    assert (_pixels(result) == (0, 128, 255, 255)).all()


def test_a_background_lies_below_and_without_one_it_is_clear(fonts: FontProvider) -> None:
    half = _document(opacity=0.5)
    assert _pixels(_render(half, fonts))[5, 5, 3] == pytest.approx(128, abs=1)
    on_red = _pixels(_render(half, fonts, options={"background": Colour(1, 0, 0)}))
    assert on_red[5, 5] == pytest.approx((128, 64, 128, 255), abs=2)


def test_stages_are_announced_in_order_and_timed(fonts: FontProvider) -> None:
    def ticks() -> Iterator[float]:
        now = 0.0
        while True:
            yield now
            now += 1.0

    clock, stages = ticks(), list[Stage]()
    result = _render(_document(), fonts, clock=lambda: next(clock), on_stage=stages.append)
    assert stages == [Stage.PARSE, Stage.LOWER, Stage.DRAW, Stage.READ, Stage.ENCODE]
    assert result.timings_ms == {"parse": 1000.0, "lower": 1000.0, "draw": 1000.0, "read": 1000.0, "encode": 1000.0}


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_the_rehearsal_document_is_the_same_every_time(fonts: FontProvider, image_format: ImageFormat) -> None:
    options = {"format": image_format}
    one, other = (_render(rehearsal_document(), fonts, images=rehearsal_images(), options=options) for _ in range(2))
    assert one.body == other.body


def test_the_rehearsal_document_exercises_what_it_claims(fonts: FontProvider) -> None:
    codes = {w.code for w in _render(rehearsal_document(), fonts, images=rehearsal_images()).warnings}
    assert codes <= {
        "image-missing",
        "image-filter-approximated",
        "approximate-noise",
        "font-substituted",
        "blend-mode-approximated",
        "approximate-geometry",
    }


def test_warnings_are_said_once_and_not_without_end(fonts: FontProvider) -> None:
    image = {"type": "IMAGE", "scaleMode": "FILL", "imageRef": "f" * 40}
    twice = _render(_document(fills=[image, image]), fonts)
    assert [warning.code for warning in twice.warnings] == ["image-missing"]
    children = [json.loads(_document(id=f"2:{i}", fills=[image])) for i in range(9)]
    many = _render(_document(type="FRAME", children=children), fonts, limits=RenderLimits(max_warnings=4))
    assert [warning.code for warning in many.warnings] == ["image-missing"] * 4 + ["more-warnings"]
    assert "5" in many.warnings[-1].detail


def test_a_note_about_an_image_reaches_the_warnings(fonts: FontProvider) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG", icc_profile=b"no profile at all" * 20)
    fill = {"type": "IMAGE", "scaleMode": "FILL", "imageRef": "e" * 40}
    result = _render(_document(fills=[fill]), fonts, images={"e" * 40: buffer.getvalue()})
    assert [warning.code for warning in result.warnings] == ["image-profile-ignored"]


def test_a_picture_that_is_too_large_is_scaled_down_with_a_warning(fonts: FontProvider) -> None:
    result = _render(_document(), fonts, limits=RenderLimits(max_output_pixels=50))
    assert (result.width, result.height) == (10, 5)
    assert [warning.code for warning in result.warnings] == ["picture-scaled-down"]


def test_other_media_types_are_refused(fonts: FontProvider) -> None:
    with pytest.raises(DocumentError) as refused:
        _render(b"", fonts, media_type="image/svg+xml")
    assert refused.value.code == "document-type-unsupported"


def test_a_broken_image_is_an_error_of_the_document(fonts: FontProvider) -> None:
    fill = {"type": "IMAGE", "scaleMode": "FILL", "imageRef": "e" * 40}
    with pytest.raises(ImageError):
        _render(_document(fills=[fill]), fonts, images={"e" * 40: b"nothing"})


@pytest.mark.parametrize("seed", range(40))
def test_a_document_with_a_spoilt_byte_is_drawn_or_refused(fonts: FontProvider, seed: int) -> None:
    random = np.random.default_rng(seed)
    spoilt = bytearray(rehearsal_document())
    for position in random.integers(0, len(spoilt), 3):
        spoilt[position] = int(random.choice(np.frombuffer(b'0123456789.-e{}[]",:', np.uint8)))
    with contextlib.suppress(RenderError):
        _render(bytes(spoilt), fonts, images=rehearsal_images(), options={"scale": 0.3})
