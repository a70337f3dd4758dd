"""Renders: read a node of a document, build its scene, lower it, draw it, and encode what was drawn.

:func:`render` makes one picture of a document. :class:`DocumentRenderer` opens one and makes any number of its
nodes' pictures in turn, each the same as it would be alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from renderer.build import build_scene
from renderer.describe import describe
from renderer.draw import WRITERS, Device, MakeSurface, draw_pixels
from renderer.draw.raster.surface import DEVICE
from renderer.encode import encode
from renderer.figma import Decoded, DocumentNode, OpenDocument
from renderer.fonts import FontProvider
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.lower import lower
from renderer.options import RenderOptions, Shows
from renderer.picture import Picture, picture_size
from renderer.read import decode, open_document
from renderer.warnings import RenderWarning, Warnings


class Stage(Enum):
    """What a render is at, in this order; a vector format has no pixels to read or to encode. A document that is opened
    for several pictures is parsed once; each picture then begins with BUILD, which is timed as PARSE."""

    PARSE = "parse"
    BUILD = "build"
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


@dataclass(frozen=True, slots=True)
class Tools:
    """What pictures are made with. ``clock``: seconds."""

    images: ImageSource
    fonts: FontProvider
    make_surface: MakeSurface
    limits: RenderLimits
    on_stage: Callable[[Stage], None]
    clock: Callable[[], float]


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
    return render_alone(document, document_type, options, Tools(images, fonts, make_surface, limits, on_stage, clock))


def render_alone(
    document: bytes | memoryview, document_type: str, options: RenderOptions, tools: Tools
) -> RenderResult:
    """The one picture that a document is opened for. Raises any :class:`RenderError`."""
    timer = _Timer(tools)
    timer.enter(Stage.PARSE)
    return _draw(decode(document, document_type, node=options.node, limits=tools.limits), options, tools, timer)


class DocumentRenderer:
    """Makes pictures of one document's nodes, one after the other."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._opening_ms = 0.0
        self._last: tuple[DocumentNode, Decoded] | None = None

    def open(
        self, document: bytes | memoryview, document_type: str, *, nodes: Sequence[str | None], exports: bool
    ) -> OpenDocument:
        """Parse it, for the nodes asked for. Raises what concerns the document as a whole."""
        timer = _Timer(self._tools)
        timer.enter(Stage.PARSE)
        opened = open_document(document, document_type, nodes=nodes, exports=exports, limits=self._tools.limits)
        self._opening_ms = timer.stop()[Stage.PARSE.value]
        return opened

    def draw(self, node: DocumentNode, options: RenderOptions) -> RenderResult:
        """One picture; that of the first to be made says how long opening took too. Raises any :class:`RenderError`."""
        timer = _Timer(self._tools, parsed_ms=self._opening_ms)
        timer.enter(Stage.BUILD)
        result = _draw(self._decoded(node), options, self._tools, timer)
        self._opening_ms = 0.0
        return result

    def forget(self) -> None:
        """Let go of all that is kept from one picture for the next."""
        if self._last is not None:
            self._last[0].forget()
        self._last = None
        self._tools.images.forget()

    def _decoded(self, node: DocumentNode) -> Decoded:
        """Several pictures of one node follow each other: it is read once for all of them."""
        if self._last is None or self._last[0] is not node:
            self._last = None  # before the next is made
            self._last = node, node.decoded()
        return self._last[1]


def _draw(decoded: Decoded, options: RenderOptions, tools: Tools, timer: _Timer) -> RenderResult:
    limits = tools.limits
    warnings = Warnings(limits.max_warnings)
    tools.images.begin(warnings.add)
    scene = build_scene(decoded, options=options, limits=limits, warnings=warnings)
    picture = picture_size(scene.bounds, options, limits, warnings)
    if options.shows is Shows.SCENE:
        return _result(describe(scene).encode(), options, picture, warnings, timer, DEVICE)
    timer.enter(Stage.LOWER)
    fonts, images = tools.fonts, tools.images
    plain = lower(scene, scale=picture.scale, fonts=fonts, images=images, limits=limits, warnings=warnings)
    display_list = plain.over(options.background)
    if options.shows is Shows.DISPLAY_LIST:
        return _result(describe(display_list).encode(), options, picture, warnings, timer, DEVICE)
    timer.enter(Stage.DRAW)
    write = WRITERS.get(options.format)
    if write is not None:
        return _result(write(display_list, picture, options, warnings), options, picture, warnings, timer, DEVICE)
    surface = tools.make_surface(picture.width, picture.height)
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
    """Wall time by stage, and the announcement of each. ``parsed_ms``: what was parsed before, and counts."""

    def __init__(self, tools: Tools, *, parsed_ms: float = 0.0) -> None:
        self._on_stage = tools.on_stage
        self._clock = tools.clock
        self._timings_ms = {Stage.PARSE.value: parsed_ms}
        self._current: Stage | None = None
        self._since = 0.0

    def enter(self, stage: Stage) -> None:
        self.stop()
        self._current = stage
        self._on_stage(stage)
        self._since = self._clock()

    def stop(self) -> dict[str, float]:
        if self._current is not None:
            name = Stage.PARSE.value if self._current is Stage.BUILD else self._current.value
            self._timings_ms[name] = self._timings_ms.get(name, 0.0) + (self._clock() - self._since) * 1000
            self._current = None
        return self._timings_ms
