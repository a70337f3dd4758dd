"""What falls wholly beside the page: there is nothing to draw, and no pixel to divide by."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from renderer.displaylist import Command, DrawNoise, InnerShadowFilter, ShadowFilter
from renderer.geometry import IDENTITY, Point, Rect
from renderer.scene import Noise, NoiseKind
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import BLACK, box, codes, fill, grouped, inner_shadow, shadow
from tests.renderer.draw.pdf.files import having, opened, write

BESIDE = Rect(5000.0, 5000.0, 40.0, 40.0)
FAR = Point(5000.0, 5000.0)
NOISE = Noise(NoiseKind.MONOTONE, 2.0, 0.5, BLACK, BLACK)


@pytest.mark.parametrize(
    "commands",
    [
        [replace(shadow(BESIDE, 1, 1, 4), bounds=BESIDE)],
        [replace(inner_shadow(BESIDE, 1, 1, 4), bounds=BESIDE)],
        grouped(fill(box()), filters=(ShadowFilter(FAR, 4.0, BLACK),)),
        grouped(fill(box()), fill(BESIDE), filters=(InnerShadowFilter(FAR, 4.0, BLACK),), bounds=BESIDE),
        grouped(fill(box()), DrawNoise(NOISE, IDENTITY, BESIDE, BESIDE)),
    ],
    ids=["shadow", "inner shadow", "shadow of a group", "shadow into a group", "noise"],
)
def test_what_falls_beside_the_page_is_not_drawn(commands: Sequence[Command]) -> None:
    warnings = Warnings(9)
    body = write(*commands, warnings=warnings)
    assert opened(body)
    assert not having(body, "/Subtype/Image")
    assert "effect-left-out" not in codes(warnings)
