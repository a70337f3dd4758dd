"""Our PNG encoder against Pillow's and Skia's, on a picture of 1024 × 1024 RGBA pixels."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import skia
from numpy.typing import NDArray
from PIL import Image

from benchmarks.sampling import Collected, Effort, interleave
from renderer.encode.png import encode_png

SIZE = 1024
OURS = "NumPy rows + ISA-L (ours)"


def design() -> NDArray[np.uint8]:
    """What a design screen is made of: flat areas, rounded shapes with soft edges, gradients, a transparent border."""
    surface = skia.Surface(SIZE, SIZE)
    canvas = surface.getCanvas()
    gradient = skia.GradientShader.MakeLinear([(0, 0), (SIZE, SIZE)], [0xFF3366FF, 0xFFFF6633])
    canvas.drawRoundRect(
        skia.Rect.MakeXYWH(16, 16, SIZE - 32, SIZE - 32), 48, 48, skia.Paint(Color=0xFFF4F6FA, AntiAlias=True)
    )
    for row in range(6):
        for column in range(4):
            box = skia.Rect.MakeXYWH(56 + column * 232, 56 + row * 156, 208, 132)
            canvas.drawRoundRect(box, 20, 20, skia.Paint(Color=0xFFFFFFFF, AntiAlias=True))
            canvas.drawCircle(box.left() + 44, box.top() + 66, 28, skia.Paint(Shader=gradient, AntiAlias=True))
            canvas.drawString(
                "Design", box.left() + 88, box.top() + 72, skia.Font(skia.Typeface(), 24), skia.Paint(AntiAlias=True)
            )
    pixels: NDArray[np.uint8] = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)
    return pixels


def collect(effort: Effort) -> Collected:
    pixels = design()
    image = Image.fromarray(pixels)
    skia_image = skia.Image.fromarray(pixels, colorType=skia.kRGBA_8888_ColorType)

    def with_pillow() -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return buffer.getvalue()

    encoders: dict[str, Callable[[], bytes]] = {
        OURS: lambda: encode_png(pixels, dots_per_inch=72),
        "Pillow": with_pillow,
        "Skia": lambda: bytes(skia_image.encodeToData()),
    }
    sizes = ", ".join(f"{name} {len(encoder()) / 1024:.0f} KiB" for name, encoder in encoders.items())
    return Collected(interleave(encoders, Effort(min(effort.rounds, 60), effort.budget_s)), notes=[f"size: {sizes}"])
