"""Both surfaces draw the same picture, within a tolerance that is written down here."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import structural_similarity

from renderer.draw.ganesh import GaneshDevice
from renderer.draw.ganesh.egl import GlUnavailableError
from renderer.draw.raster import make_raster_surface
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.rehearsal import rehearsal_document, rehearsal_images
from renderer.render import render
from tests.renderer.lower.drawing import load_fonts

# Measured on llvmpipe: screens of real documents differ by 2 of 255 at most; what is left in this document, which draws
# every primitive at a tenth of its usual size, is large curved edges and blurs.
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


def _draw(make_surface: Any) -> np.ndarray:
    result = render(
        rehearsal_document(),
        "application/json",
        options=RenderOptions(scale=4.0),
        images=ImageSource(rehearsal_images(), limits=RenderLimits()),
        fonts=load_fonts(),
        make_surface=make_surface,
        limits=RenderLimits(),
        on_stage=lambda stage: None,
        clock=lambda: 0.0,
    )
    return np.asarray(Image.open(io.BytesIO(result.body)).convert("RGBA"))


def test_the_gpu_draws_what_the_cpu_draws(device: GaneshDevice) -> None:
    cpu, gpu = _draw(make_raster_surface), _draw(device.make_surface)
    delta = np.abs(cpu.astype(int) - gpu).max(axis=-1)
    assert (delta > 8).mean() <= MAX_SHARE_ABOVE_8
    assert structural_similarity(cpu, gpu, channel_axis=2) >= MIN_SSIM  # type: ignore[no-untyped-call]
