from __future__ import annotations

import numpy as np
import pytest
import skia

from renderer.draw.ganesh import GaneshDevice, is_software
from renderer.draw.raster import make_raster_surface
from renderer.draw.surface import Surface
from tests.renderer.draw.drawing import Image, box, draw, fill, rounded, shadow


def _soft(device: GaneshDevice, sigma: float) -> Image:
    card = rounded(box(20, 20, 60, 30), 8)
    return draw(shadow(card, 1, 2, sigma), fill(card), make_surface=device.make_surface, scale=4)


def test_a_picture_does_not_depend_on_what_was_drawn_before_it(device: GaneshDevice) -> None:
    device.forget()
    alone = _soft(device, 1.5)
    _soft(device, 2.0)
    device.forget()
    assert np.array_equal(_soft(device, 1.5), alone)


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


def _pixels_of(surface: Surface) -> Image:
    surface.canvas.drawRect(skia.Rect.MakeXYWH(1, 0, 2, 1), skia.Paint(Color=0x80FF0000))
    surface.finish()
    return surface.pixels()


def test_the_gpu_reads_back_the_same_way_up(device: GaneshDevice) -> None:
    assert (_pixels_of(device.make_surface(4, 2)) == _pixels_of(make_raster_surface(4, 2))).all()


def test_a_surface_larger_than_the_device_allows_is_an_error(device: GaneshDevice) -> None:
    with pytest.raises(RuntimeError):
        device.make_surface(1 << 20, 8)
