"""The renderer's stages one by one, with no sandbox and no server: what each costs, and how that grows with nodes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median

from app.service.specs import BUNDLED_FONTS
from benchmarks.documents import screen, screens
from benchmarks.sampling import Collected, Curve, Effort, interleave
from benchmarks.scaling import grid
from renderer.build import build_scene
from renderer.displaylist import DisplayList
from renderer.documents import DocumentFormat
from renderer.draw import WRITERS, draw_pixels
from renderer.draw.raster import make_raster_surface
from renderer.fonts import FontProvider
from renderer.formats import VECTORS, ImageFormat
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.lower import lower
from renderer.options import RenderOptions
from renderer.picture import Picture, picture_size
from renderer.read import decode
from renderer.render import DocumentRenderer, Tools, render_alone
from renderer.scene import Scene
from renderer.warnings import Warnings

_NODES = (10, 100, 1_000, 6_000, 100_000)
_SIDE = 512
_LIMITS = RenderLimits()
_OPTIONS = RenderOptions()


def collect(effort: Effort) -> Collected:
    """A screen of 63 nodes through every stage and target, a page of such screens opened once and again for each, and
    grids of growing size up to the display list."""
    fonts = FontProvider.load(BUNDLED_FONTS)
    half, quarter = (Effort(effort.rounds, effort.budget_s / part, effort.quick) for part in (2, 4))
    times = interleave(_of_a_screen(fonts), quarter) | interleave(_of_many_screens(fonts), quarter)
    sizes = [count for count in _NODES if not effort.quick or count <= 6_000]
    grown = interleave(
        {f"{count:,} nodes": partial(_prepare, grid(count, _SIDE), fonts) for count in sizes}, half, warm_up=1
    )
    costs = [median(values) for values in grown.values()]
    curve = Curve("parse, build and lower by nodes", "nodes", list(map(float, sizes)), costs)
    return Collected(times | grown, [curve])


def _of_a_screen(fonts: FontProvider) -> dict[str, Callable[[], object]]:
    document = screen()
    scene = _scene(document)
    display_list = _lowered(scene, fonts)
    picture = _picture(scene)
    stages: dict[str, Callable[[], object]] = {
        "screen: parse and build": partial(_scene, document),
        "screen: lower": partial(_lowered, scene, fonts),
        "screen: draw pixels": partial(_pixels, display_list, picture),
    }
    for image_format in VECTORS:
        stages[f"screen: write {image_format.label}"] = partial(_written, image_format, display_list, picture)
    return stages


def _of_many_screens(fonts: FontProvider) -> dict[str, Callable[[], object]]:
    document, names = screens()
    asked = [RenderOptions(node=name) for name in names]
    return {
        f"{len(names)} screens: opened once": partial(_drawn_in_turn, document, asked, fonts),
        f"{len(names)} screens: opened for each": partial(_drawn_apart, document, asked, fonts),
    }


def _drawn_in_turn(document: bytes, asked: list[RenderOptions], fonts: FontProvider) -> None:
    renderer = DocumentRenderer(_tools(fonts))
    nodes = [options.node for options in asked]
    opened = renderer.open(document, DocumentFormat.REST_JSON.media_type, nodes=nodes, exports=False)
    for options in asked:
        renderer.draw(opened.find(options.node), options)


def _drawn_apart(document: bytes, asked: list[RenderOptions], fonts: FontProvider) -> None:
    for options in asked:
        render_alone(document, DocumentFormat.REST_JSON.media_type, options, _tools(fonts))


def _tools(fonts: FontProvider) -> Tools:
    images = ImageSource({}, limits=_LIMITS)
    return Tools(images, fonts, make_raster_surface, _LIMITS, lambda _: None, time.perf_counter)


def _prepare(document: bytes, fonts: FontProvider) -> float:
    """Milliseconds to the display list; what it is made of is let go of outside of them."""
    began = time.perf_counter()
    made = _lowered(_scene(document), fonts)
    took = time.perf_counter() - began
    del made
    return took * 1e3


def _scene(document: bytes) -> Scene:
    decoded = decode(document, DocumentFormat.REST_JSON.media_type, node=None, limits=_LIMITS)
    return build_scene(decoded, options=_OPTIONS, limits=_LIMITS, warnings=_warnings())


def _lowered(scene: Scene, fonts: FontProvider) -> DisplayList:
    images = ImageSource({}, limits=_LIMITS)
    return lower(scene, scale=1.0, fonts=fonts, images=images, limits=_LIMITS, warnings=_warnings())


def _picture(scene: Scene) -> Picture:
    return picture_size(scene.bounds, _OPTIONS, _LIMITS, _warnings())


def _pixels(display_list: DisplayList, picture: Picture) -> None:
    draw_pixels(display_list, make_raster_surface(picture.width, picture.height), _warnings())


def _written(image_format: ImageFormat, display_list: DisplayList, picture: Picture) -> bytes:
    return WRITERS[image_format](display_list, picture, _OPTIONS, _warnings())


def _warnings() -> Warnings:
    return Warnings(_LIMITS.max_warnings)
