"""One render: parse the document, draw the scene, read the pixels, encode them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from renderer.encode import encode
from renderer.exceptions import DocumentError, OptionError
from renderer.fonts import FontProvider
from renderer.formats import BITMAPS, ImageFormat, listed
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.paint import paint
from renderer.paint.convert import to_colour4f
from renderer.picture import Picture, picture_size
from renderer.read import read_rest
from renderer.scene import Scene, Warning_
from renderer.surface import Device, Surface
from renderer.text import match_versions
from renderer.warned import Warnings

REST_MEDIA_TYPE: Final = "application/json"

MakeSurface = Callable[[int, int], Surface]
"""Width and height in device pixels to a transparent surface of that size."""


class Stage(Enum):
    """What a render is at, in this order."""

    PARSE = "parse"
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
    warnings: tuple[Warning_, ...]
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
    if options.format.vector:
        raise _not_written(options.format)
    warnings = Warnings(limits.max_warnings)
    images.note = lambda code, detail: warnings.add(Warning_(code, detail))
    timer = _Timer(on_stage, clock)
    timer.enter(Stage.PARSE)
    scene = _read(document, document_type, options, limits)
    picture = picture_size(scene.bounds, options, limits)
    warnings.extend((*scene.warnings, *((picture.warning,) if picture.warning else ())))
    timer.enter(Stage.DRAW)
    surface = make_surface(picture.width, picture.height)
    _draw(scene, picture, surface.canvas, options, images, fonts, limits, warnings)
    surface.finish()
    timer.enter(Stage.READ)
    pixels = surface.pixels()
    timer.enter(Stage.ENCODE)
    body = encode(pixels, options.format, quality=options.quality, scale=picture.scale)
    return RenderResult(
        body,
        options.format.media_type,
        picture.width,
        picture.height,
        warnings.listed(),
        timer.stop(),
        surface.device,
    )


def _not_written(image_format: ImageFormat) -> OptionError:
    """In the place of the writers for vector formats, until they are there."""
    detail = f"{image_format.value} is not supported yet; {listed(BITMAPS)} are"
    return OptionError(detail, code="option-unsupported", field="format")


def _read(document: bytes | memoryview, document_type: str, options: RenderOptions, limits: RenderLimits) -> Scene:
    if document_type != REST_MEDIA_TYPE:
        raise DocumentError(
            f"documents of type {document_type!r} cannot be read; send Figma's REST JSON as {REST_MEDIA_TYPE}",
            code="document-type-unsupported",
        )
    return read_rest(document, options=options, limits=limits)


def _draw(
    scene: Scene,
    picture: Picture,
    canvas: Any,
    options: RenderOptions,
    images: ImageSource,
    fonts: FontProvider,
    limits: RenderLimits,
    warnings: Warnings,
) -> None:
    background = options.background or scene.background
    if background is not None:
        canvas.clear(to_colour4f(background))
    canvas.scale(picture.scale, picture.scale)
    canvas.translate(-scene.bounds.x, -scene.bounds.y)
    paint(scene, canvas, images=images, fonts=match_versions(scene, fonts), limits=limits, warn=warnings.add)


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
