"""The entry of the GPU path: what it draws for one job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.gpuworker import GpuEntry
from app.service.specs import BUNDLED_FONTS
from renderer.draw.ganesh import GaneshDevice, GlUnavailableError
from renderer.fonts import FontProvider
from tests.app.test_worker import Workplace
from tests.renderer.documents import frame, node


@pytest.fixture(scope="module")
def at() -> Iterator[Workplace]:
    entry = GpuEntry({"fonts": [str(BUNDLED_FONTS)]})
    try:
        entry._device = GaneshDevice()
    except GlUnavailableError as error:
        pytest.skip(str(error))
    entry.fonts = FontProvider.load(BUNDLED_FONTS)
    yield Workplace(entry)
    entry._device.close()


def shadowed(identifier: str, radius: float) -> dict[str, Any]:
    shadow = {"type": "DROP_SHADOW", "radius": radius, "offset": {"x": 0, "y": 2}, "blendMode": "NORMAL"}
    effect = shadow | {"visible": True, "color": {"r": 0, "g": 0, "b": 0, "a": 1}}
    return node(id=identifier, cornerRadius=12, effects=[effect])


def test_no_picture_depends_on_those_before_it(at: Workplace) -> None:
    """Skia can keep the masks of blurs by a radius that is rounded up."""
    radii = {f"2:{index}": 7.0 + index / 10 for index in range(12)}
    document = frame(*(shadowed(identifier, radius) for identifier, radius in radii.items()), id="1:1")
    nodes = [*radii, *reversed(radii), "1:1"]
    _, *parts = at.done(document, *[{"node": each} for each in nodes])
    for part, wanted in zip(parts, nodes, strict=True):
        at.entry.forget()
        (alone,) = at.done(document, {"node": wanted})
        assert part.content == alone.content, wanted


def test_what_the_device_keeps_does_not_grow_from_picture_to_picture(at: Workplace) -> None:
    """Smaller and smaller ones: the last leaves less behind than the first, unless all are still there."""
    sizes = {f"2:{index}": 250 - 10 * index for index in range(20)}
    document = frame(*(node(id=each, at=(0, 0, size, size), opacity=0.5) for each, size in sizes.items()), id="1:1")
    assert isinstance(at.entry, GpuEntry)
    context = at.entry._device.context
    parts = at.parts(document, *[{"node": each, "scale": 4} for each in sizes])
    _, first, *_, last = (context.getResourceCachePurgeableBytes() for _ in parts)
    assert last < first
