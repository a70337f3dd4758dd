"""One render: decode the document, build its scene, lower it, draw it, and encode what was drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from renderer.build import build_scene
from renderer.describe import describe
from renderer.draw import WRITERS, Device, MakeSurface, draw_pixels
from renderer.draw.raster.surface import DEVICE
from renderer.encode import encode
from renderer.fonts import FontProvider
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.lower import lower
from renderer.options import RenderOptions, Shows
from renderer.picture import Picture, picture_size
from renderer.read import decode
from renderer.warnings import RenderWarning, Warnings


class Stage(Enum):
    """What a render is at, in this order; a vector format has no pixels to read or to encode."""

    PARSE = "parse"
    LOWER = "lower"
    DRAW = "draw"
    READ = "read"
    ENCODE = "encode"


@dataclass(frozen=True, slots=True)
class RenderResult:
    """``body``: the encoded picture. ``timings_ms``: by stage name."""

    body: bytes
    media_type: str
    width: int
    height: int
    warnings: tuple[RenderWarning, ...]
    timings_ms: dict[str, float]
    device: Device


def render(
    document: bytes | memoryview,
    document_type: str,
    *,
    options: RenderOptions,
    images: ImageSource,
    fonts: FontProvider,
    make_surface: MakeSurface,
    limits: RenderLimits,
    on_stage: Callable[[Stage], None],
    clock: Callable[[], float],
) -> RenderResult:
    """Document bytes in, picture bytes out. ``clock``: seconds. Raises any :class:`RenderError`."""
    warnings = Warnings(limits.max_warnings)
    images.note = warnings.add
    timer = _Timer(on_stage, clock)
    timer.enter(Stage.PARSE)
    decoded = decode(document, document_type, node=options.node, limits=limits)
    scene = build_scene(decoded, options=options, limits=limits, warnings=warnings)
    picture = picture_size(scene.bounds, options, limits, warnings)
    if options.shows is Shows.SCENE:
        return _result(describe(scene).encode(), options, picture, warnings, timer, DEVICE)
    timer.enter(Stage.LOWER)
    plain = lower(scene, scale=picture.scale, fonts=fonts, images=images, limits=limits, warnings=warnings)
    display_list = plain.over(options.background)
    if options.shows is Shows.DISPLAY_LIST:
        return _result(describe(display_list).encode(), options, picture, warnings, timer, DEVICE)
    timer.enter(Stage.DRAW)
    write = WRITERS.get(options.format)
    if write is not None:
        return _result(write(display_list, picture, options, warnings), options, picture, warnings, timer, DEVICE)
    surface = make_surface(picture.width, picture.height)
    draw_pixels(display_list, surface, warnings)
    timer.enter(Stage.READ)
    pixels = surface.pixels()
    timer.enter(Stage.ENCODE)
    body = encode(pixels, options.format, quality=options.quality, scale=picture.scale)
    return _result(body, options, picture, warnings, timer, surface.device)


def _result(
    body: bytes, options: RenderOptions, picture: Picture, warnings: Warnings, timer: _Timer, device: Device
) -> RenderResult:
    timings_ms = timer.stop()
    return RenderResult(body, options.media_type, picture.width, picture.height, warnings.listed(), timings_ms, device)


class _Timer:
    """Wall time by stage, and the announcement of each."""

    def __init__(self, on_stage: Callable[[Stage], None], clock: Callable[[], float]) -> None:
        self._on_stage = on_stage
        self._clock = clock
        self._timings_ms: dict[str, float] = {}
        self._current: Stage | None = None
        self._since = 0.0

    def enter(self, stage: Stage) -> None:
        self.stop()
        self._current = stage
        self._on_stage(stage)
        self._since = self._clock()

    def stop(self) -> dict[str, float]:
        if self._current is not None:
            self._timings_ms[self._current.value] = (self._clock() - self._since) * 1000
        return self._timings_ms
