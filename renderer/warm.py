"""Everything that loads at its first use, used once, before the lock.

Under the lock an import, an open or a map is the end of the worker. What is warmed here, and why:

- Pillow imports its plugins when it first meets a format, and MPO when it meets a JPEG: ``Image.init`` and the import.
- msgspec looks at a type when it is first decoded into; the rehearsal document uses them all.
- Skia makes its typeface, glyph and blur tables, and compiles runtime shaders, when they are first drawn with.
- HarfBuzz and FreeType read a font's tables when they are first asked for: text in several scripts is set and drawn.
- NumPy imports parts of itself on the first call of some functions; Python imports codecs by name.
- littlecms builds its tables with the first colour conversion.
- libtiff prints what it dislikes to the standard error stream, a write that the lock may not allow: it is silenced.
- Refusals are rehearsed too: making an error message is as good a time for a lazy import as any.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import PIL
from PIL import Image, MpoImagePlugin

from renderer.documents import DocumentFormat
from renderer.draw import MakeSurface
from renderer.draw.raster import make_raster_surface
from renderer.exceptions import RenderError
from renderer.fonts import FontProvider
from renderer.formats import ImageFormat
from renderer.geometry import Colour
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.outputs import Output, plan_exports
from renderer.rehearsal import rehearsal_document, rehearsal_images, rehearsal_nodes
from renderer.render import DocumentRenderer, RenderResult, Stage, Tools, render
from renderer.repertoire import pieces

_LIMITS: Final = RenderLimits()
_EAGER: Final = (MpoImagePlugin,)
_CLEAR_DOCUMENT: Final = b"""{"id": "1:1", "name": "clear", "type": "RECTANGLE", "cornerRadius": 3,
    "absoluteBoundingBox": {"x": 0.5, "y": 0, "width": 9, "height": 9},
    "fills": [{"type": "SOLID", "color": {"r": 1, "g": 0, "b": 0, "a": 0.5}}]}"""
ORDINARY_DOCUMENT: Final = b"""{"id": "1:1", "name": "card", "type": "FRAME", "cornerRadius": 8, "clipsContent": true,
    "absoluteBoundingBox": {"x": 0, "y": 0, "width": 120, "height": 64}, "blendMode": "PASS_THROUGH",
    "fills": [{"type": "SOLID", "blendMode": "NORMAL", "color": {"r": 1, "g": 1, "b": 1, "a": 1}}],
    "effects": [{"type": "DROP_SHADOW", "visible": true, "radius": 4, "offset": {"x": 0, "y": 2}, "blendMode": "NORMAL",
        "color": {"r": 0, "g": 0, "b": 0, "a": 0.2}}],
    "children": [
        {"id": "1:2", "name": "avatar", "type": "ELLIPSE", "opacity": 0.9,
            "absoluteBoundingBox": {"x": 8, "y": 8, "width": 32, "height": 32},
            "strokes": [{"type": "SOLID", "color": {"r": 0, "g": 0, "b": 1, "a": 1}}], "strokeWeight": 1,
            "fills": [{"type": "GRADIENT_LINEAR", "gradientHandlePositions":
                [{"x": 0, "y": 0}, {"x": 1, "y": 1}, {"x": 0, "y": 1}], "gradientStops":
                [{"position": 0, "color": {"r": 1, "g": 0, "b": 0, "a": 1}},
                {"position": 1, "color": {"r": 0, "g": 1, "b": 0, "a": 1}}]}]},
        {"id": "1:3", "name": "title", "type": "TEXT", "characters": "A line of text that wraps into a second one",
            "absoluteBoundingBox": {"x": 48, "y": 8, "width": 64, "height": 48},
            "style": {"fontFamily": "Inter", "fontWeight": 500, "fontSize": 12, "textAutoResize": "HEIGHT"},
            "fills": [{"type": "SOLID", "color": {"r": 0, "g": 0, "b": 0, "a": 1}}]}]}"""
_EXPORTED_DOCUMENT: Final = b"""{"id": "1:1", "name": "card", "type": "FRAME",
    "absoluteBoundingBox": {"x": 0, "y": 0, "width": 9, "height": 9},
    "exportSettings": [{"format": "PNG", "suffix": "@2x", "constraint": {"type": "SCALE", "value": 2}},
        {"format": "JPG", "constraint": {"type": "WIDTH", "value": 8}}, {"format": "SVG"}, {"format": "GIF"}, {}, 7],
    "children": [{"id": "1:2", "name": "hidden", "type": "VECTOR", "visible": false, "exportSettings": "none"},
        {"id": "1:3", "name": "mark", "type": "VECTOR", "fillGeometry": [{"path": "M0 0L9 0L9 9Z"}],
        "absoluteBoundingBox": {"x": 0, "y": 0, "width": 9, "height": 9}, "exportSettings": [{"format": "PDF"}],
        "fills": [{"type": "SOLID", "color": {"r": 1, "g": 0, "b": 0, "a": 1}}]}]}"""
_BAD_DOCUMENTS: Final = (
    b"",
    b"{",
    b'{"id": "1:1"}',
    b'{"id":"1:1","type":"FRAME","absoluteBoundingBox":{"x":"wide"}}',
    b'{"id":"1:1","type":"FRAME","absoluteBoundingBox":{"x":1e300,"y":0,"width":NaN,"height":1}}',
    b'{"id":"1:1","type":"FRAME","name":"\xff\xd8"}',
    b"\xff\xfe{\x00}\x00",
    b"[" * 100_000,
)


def warm(fonts: FontProvider) -> None:
    """Render, encode, decode and refuse everything once on the CPU. Call it before any fork; takes under a second."""
    Image.init()
    silence_libtiff()
    images = rehearsal_images()
    for image_format in ImageFormat:
        warm_surface(make_raster_surface, fonts, image_format=image_format)
    _warm_transparent(fonts, images)
    _warm_exports(fonts)
    _warm_refusals(fonts, images)


def exercises(make_surface: MakeSurface, fonts: FontProvider) -> Iterator[None]:
    """What most documents need of a GPU's shaders, a few nodes at each step: see :mod:`renderer.repertoire`."""
    for document, scale in pieces():
        _render(document, {}, fonts, make_surface, RenderOptions(scale=scale))
        yield
    document, images = rehearsal_document(), rehearsal_images()
    for node in rehearsal_nodes():
        _refused(partial(_render, document, images, fonts, make_surface, RenderOptions(node=node)))
        yield


def silence_libtiff() -> None:
    """Give the libtiff that Pillow has loaded no error handler, so that it reports through return values alone."""
    for path in sorted(Path(PIL.__file__).parent.parent.glob("pillow.libs/libtiff*")):  # where its wheel carries it
        library = ctypes.CDLL(str(path))  # loaded already: this is the same copy
        for handler in ("TIFFSetErrorHandler", "TIFFSetErrorHandlerExt", "TIFFSetWarningHandler"):
            getattr(library, handler)(None)


def warm_surface(
    make_surface: MakeSurface, fonts: FontProvider, *, image_format: ImageFormat = ImageFormat.PNG
) -> RenderResult:
    """Draw the rehearsal document: on a GPU this compiles the shaders that most documents need."""
    options = RenderOptions(format=image_format, background=Colour(1, 1, 1))
    return _render(rehearsal_document(), rehearsal_images(), fonts, make_surface, options)


def _warm_transparent(fonts: FontProvider, images: Mapping[str, bytes]) -> None:
    """Pictures with an alpha channel take other branches of every encoder."""
    for image_format in ImageFormat:
        _render(_CLEAR_DOCUMENT, images, fonts, make_raster_surface, RenderOptions(format=image_format, scale=1.5))


def _warm_exports(fonts: FontProvider) -> None:
    """A document that is opened once for several pictures, with nodes and export settings that can and cannot be."""
    tools = Tools(ImageSource({}, limits=_LIMITS), fonts, make_raster_surface, _LIMITS, _unheard, time.perf_counter)
    renderer = DocumentRenderer(tools)
    opened = renderer.open(_EXPORTED_DOCUMENT, DocumentFormat.REST_JSON.media_type, nodes=(None, "9:9"), exports=True)
    for planned in plan_exports(opened, [RenderOptions(), RenderOptions(node="9:9")], _LIMITS):
        if isinstance(planned, Output):
            _refused(partial(renderer.draw, planned.node, planned.options))
    renderer.forget()


def _warm_refusals(fonts: FontProvider, images: Mapping[str, bytes]) -> None:
    for document in _BAD_DOCUMENTS:
        _refused(partial(_render, document, {}, fonts, make_raster_surface, RenderOptions()))
    whole = rehearsal_document()
    _refused(partial(_render, whole, images, fonts, make_raster_surface, RenderOptions(node="9:9")))
    cut = {ref: content[: len(content) * 2 // 3] for ref, content in images.items()}
    for ref, content in {**cut, "junk": b"not an image"}.items():
        _refused(partial(ImageSource({ref: content}, limits=_LIMITS).get, ref))


def _refused(attempt: Callable[[], object]) -> None:
    try:
        attempt()
    except RenderError as error:
        str(error)


def _render(
    document: bytes,
    images: Mapping[str, bytes],
    fonts: FontProvider,
    make_surface: MakeSurface,
    options: RenderOptions,
) -> RenderResult:
    return render(
        document,
        DocumentFormat.REST_JSON.media_type,
        options=options,
        images=ImageSource(images, limits=_LIMITS),
        fonts=fonts,
        make_surface=make_surface,
        limits=_LIMITS,
        on_stage=_unheard,
        clock=time.perf_counter,
    )


def _unheard(stage: Stage) -> None:
    """Nobody waits for a rehearsal."""
