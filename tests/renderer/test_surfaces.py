"""Both surfaces draw the same picture, within a tolerance that is written down here."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import skia
from PIL import Image
from skimage.metrics import structural_similarity

from renderer.draw.ganesh import GaneshDevice
from renderer.draw.ganesh.egl import GlUnavailableError, is_software
from renderer.draw.raster import make_raster_surface
from renderer.draw.surface import Surface
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.rehearsal import rehearsal_document, rehearsal_images
from renderer.render import render
from tests.renderer.lower.drawing import load_fonts

# Measured on llvmpipe: screens of real documents differ by 2 of 255 at most; what is left in this document, which draws
# every primitive at a tenth of its usual size, is large curved edges and blurs.
BLACK = {"r": 0, "g": 0, "b": 0, "a": 1}
MAX_SHARE_ABOVE_8 = 0.01
MIN_SSIM = 0.995


@pytest.fixture(scope="module")
def device() -> Iterator[GaneshDevice]:
    try:
        found = GaneshDevice()
    except GlUnavailableError as error:
        pytest.skip(str(error))
    yield found
    found.close()


def _draw(make_surface: Any, *, document: bytes | None = None, **options: Any) -> np.ndarray:
    result = render(
        document or rehearsal_document(),
        "application/json",
        options=RenderOptions(scale=4.0, **options),
        images=ImageSource(rehearsal_images(), limits=RenderLimits()),
        fonts=load_fonts(),
        make_surface=make_surface,
        limits=RenderLimits(),
        on_stage=lambda stage: None,
        clock=lambda: 0.0,
    )
    return np.asarray(Image.open(io.BytesIO(result.body)).convert("RGBA"))


def _card(radius: float) -> bytes:
    shadow = {"type": "DROP_SHADOW", "radius": radius, "offset": {"x": 1, "y": 2}, "color": {**BLACK, "a": 0.5}}
    box = {"x": 0, "y": 0, "width": 60, "height": 30}
    fills = [{"type": "SOLID", "color": {"r": 1, "g": 1, "b": 1, "a": 1}}]
    card = {"id": "1:1", "type": "RECTANGLE", "absoluteBoundingBox": box, "cornerRadius": 8, "fills": fills}
    return json.dumps(card | {"effects": [shadow]}).encode()


def test_a_picture_does_not_depend_on_what_was_drawn_before_it(device: GaneshDevice) -> None:
    device.forget()
    alone = _draw(device.make_surface, document=_card(3))
    _draw(device.make_surface, document=_card(4))
    device.forget()
    assert np.array_equal(_draw(device.make_surface, document=_card(3)), alone)


def test_the_gpu_draws_what_the_cpu_draws(device: GaneshDevice) -> None:
    cpu, gpu = _draw(make_raster_surface), _draw(device.make_surface)
    delta = np.abs(cpu.astype(int) - gpu).max(axis=-1)
    assert (delta > 8).mean() <= MAX_SHARE_ABOVE_8
    assert structural_similarity(cpu, gpu, channel_axis=2) >= MIN_SSIM  # type: ignore[no-untyped-call]


def test_the_gpu_names_itself(device: GaneshDevice) -> None:
    assert device.device.api.startswith("OpenGL ES 3")
    assert device.device.api.split()[-1] in ("device", "surfaceless", "gbm")
    assert device.device.software == is_software(device.device.name)


@pytest.mark.parametrize(
    ("renderer", "software"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("softpipe", True),
        ("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device))", True),
        ("NVIDIA H200/PCIe/SSE2", False),
        ("Mesa Intel(R) UHD Graphics 620", False),
    ],
)
def test_software_is_told_from_hardware(renderer: str, software: bool) -> None:
    assert is_software(renderer) is software


def _pixels_of(surface: Surface) -> np.ndarray:
    surface.canvas.drawRect(skia.Rect.MakeXYWH(1, 0, 2, 1), skia.Paint(Color=0x80FF0000))
    surface.finish()
    return surface.pixels()


def test_pixels_are_straight_rgba_top_row_first() -> None:
    pixels = _pixels_of(make_raster_surface(4, 2))
    assert pixels.shape == (2, 4, 4)
    assert pixels[0].tolist() == [[0, 0, 0, 0], [255, 0, 0, 128], [255, 0, 0, 128], [0, 0, 0, 0]]
    assert not pixels[1].any()


def test_the_gpu_reads_back_the_same_way_up(device: GaneshDevice) -> None:
    assert (_pixels_of(device.make_surface(4, 2)) == _pixels_of(make_raster_surface(4, 2))).all()


def test_a_surface_larger_than_the_device_allows_is_an_error(device: GaneshDevice) -> None:
    with pytest.raises(RuntimeError):
        device.make_surface(1 << 20, 8)
