"""One document, opened once, and many pictures of it."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from PIL import Image

from renderer.documents import DocumentFormat
from renderer.draw.raster import make_raster_surface
from renderer.exceptions import RenderError
from renderer.figma import Decoded, DocumentNode
from renderer.fonts import FontProvider
from renderer.formats import ImageFormat
from renderer.geometry import Colour
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions, Shows, SvgOptions
from renderer.rehearsal import rehearsal_document, rehearsal_images, rehearsal_nodes
from renderer.render import DocumentRenderer, RenderResult, Stage, Tools, render_alone
from tests.renderer.documents import frame, node
from tests.renderer.lower.drawing import load_fonts

MEDIA_TYPE = DocumentFormat.REST_JSON.media_type
REF = "e" * 40


@pytest.fixture(scope="module")
def fonts() -> FontProvider:
    return load_fonts()


def tools(fonts: FontProvider, images: dict[str, bytes] | None = None, **more: Any) -> Tools:
    limits = more.pop("limits", RenderLimits())
    return Tools(
        images=ImageSource(images or {}, limits=limits),
        fonts=fonts,
        make_surface=make_raster_surface,
        limits=limits,
        on_stage=more.pop("on_stage", lambda stage: None),
        clock=more.pop("clock", lambda: 0.0),
    )


Drawn = tuple[object, ...]


def shown(result: RenderResult) -> Drawn:
    return result.body, result.media_type, result.width, result.height, result.warnings


def refusal(error: RenderError) -> Drawn:
    return type(error), error.code, error.detail, error.field


def several(document: bytes, asked: Sequence[RenderOptions], made_with: Tools) -> Iterator[Drawn]:
    renderer = DocumentRenderer(made_with)
    opened = renderer.open(document, MEDIA_TYPE, nodes=[each.node for each in asked], exports=False)
    for options in asked:
        try:
            yield shown(renderer.draw(opened.find(options.node), options))
        except RenderError as error:
            yield refusal(error)


def alone(document: bytes, options: RenderOptions, made_with: Tools) -> Drawn:
    try:
        return shown(render_alone(document, MEDIA_TYPE, options, made_with))
    except RenderError as error:
        return refusal(error)


def rehearsed() -> list[RenderOptions]:
    """The nodes of the rehearsal, the page that they are on, and one that it lacks; in every format and many ways."""
    formats, nodes = list(ImageFormat), [None, "9:9", *rehearsal_nodes()]
    usual = [RenderOptions(node=each, format=formats[i % len(formats)]) for i, each in enumerate(nodes)]
    whole = [RenderOptions(format=each, scale=0.5) for each in formats]
    parts = [
        RenderOptions(node=each, background=Colour(1, 1, 1), width=40, format=formats[-i % len(formats)])
        for i, each in enumerate(nodes)
    ]
    ways = [
        RenderOptions(shows=Shows.SCENE),
        RenderOptions(node=nodes[3], shows=Shows.DISPLAY_LIST),
        RenderOptions(format=ImageFormat.SVG, svg=SvgOptions(outline_text=False, include_id=True)),
        RenderOptions(node=nodes[4], use_absolute_bounds=True, contents_only=False),
    ]
    return [*usual, *whole, *parts, *ways]


@pytest.mark.parametrize("seed", range(2))
def test_every_picture_is_the_one_that_is_made_alone(fonts: FontProvider, seed: int) -> None:
    document, images, order = rehearsal_document(), rehearsal_images(), rehearsed()
    random.Random(seed).shuffle(order)
    made = several(document, order, tools(fonts, images))
    for options, found in zip(order, made, strict=True):
        assert found == alone(document, options, tools(fonts, images)), options


def card(identifier: str, *inside: dict[str, Any], **more: Any) -> dict[str, Any]:
    image = {"type": "IMAGE", "scaleMode": "FILL", "imageRef": REF}
    shadow = {"type": "DROP_SHADOW", "visible": True, "radius": 4, "offset": {"x": 0, "y": 2}, "blendMode": "NORMAL"}
    effects = [shadow | {"color": {"r": 0, "g": 0, "b": 0, "a": 0.5}}]
    mark = node("VECTOR", (5, 5, 9, 9), id=f"{identifier}9", fillGeometry=[{"path": "M0 0L9 0L9 9Z"}])
    own = node(id=f"{identifier}8", at=(1, 1, 30, 30), fills=[image], rotation=0.1)
    boolean = node("BOOLEAN_OPERATION", id=f"{identifier}7", booleanOperation="UNION", children=[mark, *inside])
    return frame(own, mark, boolean, *inside, id=identifier, effects=effects, **more)


def nested(depth: int) -> dict[str, Any]:
    """Cards in cards, the middle one of no opacity."""
    inner = node(id="0:1", cornerRadius=4)
    for level in range(1, depth + 1):
        inner = card(f"{level}:1", inner, opacity=0 if level == depth // 2 else 0.9)
    return inner


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_nodes_in_each_other_are_drawn_in_any_order_and_again(fonts: FontProvider, image_format: ImageFormat) -> None:
    buffer = io.BytesIO()
    Image.effect_mandelbrot((64, 64), (-2, -1, 1, 1), 30).convert("RGB").save(buffer, "PNG")
    document, images = json.dumps(nested(4)).encode(), {REF: buffer.getvalue()}
    nodes = [f"{level}:1{which}" for level in range(1, 5) for which in ("", "7", "8")] * 2
    random.Random(image_format.value).shuffle(nodes)
    order = [RenderOptions(node=each, format=image_format, scale=0.5) for each in nodes]
    made = list(several(document, order, tools(fonts, images)))
    for options, found in zip(order, made, strict=True):
        assert found == alone(document, options, tools(fonts, images)), options.node
    assert sum(isinstance(each[0], bytes) for each in made) > len(made) // 2


def test_limits_hold_for_each_picture(fonts: FontProvider) -> None:
    words: dict[str, Any] = {
        "type": "TEXT",
        "characters": "ten signs.",
        "style": {"fontFamily": "Inter", "fontSize": 8},
    }
    texts = [frame(node(id=f"3:{i}", **words), id=f"2:{i}") for i in range(4)]
    document = json.dumps(frame(*texts, id="1:1")).encode()
    limits = RenderLimits(max_text_chars=15)
    order = [RenderOptions(node=each) for each in ("2:0", "2:1", "1:1", "2:2", "2:3")]
    made = list(several(document, order, tools(fonts, limits=limits)))
    assert made == [alone(document, each, tools(fonts, limits=limits)) for each in order]
    assert [each[1] for each in made if not isinstance(each[0], bytes)] == ["limit-text"]


def test_opening_is_parsing_and_each_picture_begins_with_build(fonts: FontProvider) -> None:
    def ticks() -> Iterator[float]:
        now = 0.0
        while True:
            yield now
            now += 1.0

    clock, stages = ticks(), list[Stage]()
    made_with = tools(fonts, clock=lambda: next(clock), on_stage=stages.append)
    renderer, document = DocumentRenderer(made_with), json.dumps(frame(node("SLICE", id="1:2"), id="1:1")).encode()
    opened = renderer.open(document, MEDIA_TYPE, nodes=["1:2", "1:1"], exports=False)
    assert stages == [Stage.PARSE]
    with pytest.raises(RenderError):
        renderer.draw(opened.find("1:2"), RenderOptions())
    timings = [renderer.draw(opened.find("1:1"), RenderOptions()).timings_ms for _ in range(2)]
    whole = [Stage.BUILD, Stage.LOWER, Stage.DRAW, Stage.READ, Stage.ENCODE]
    assert stages == [Stage.PARSE, Stage.BUILD, *whole, *whole]
    assert timings[1] == {"parse": 1000.0, "lower": 1000.0, "draw": 1000.0, "read": 1000.0, "encode": 1000.0}
    assert timings[0] == timings[1] | {"parse": 2000.0}


def test_a_node_is_read_once_for_pictures_that_follow_each_other(
    fonts: FontProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer, document = DocumentRenderer(tools(fonts)), json.dumps(frame(node(id="1:2"), id="1:1")).encode()
    opened = renderer.open(document, MEDIA_TYPE, nodes=["1:2", "1:1"], exports=False)
    read: list[str] = []
    kind = type(opened.find("1:1"))
    original = kind.decoded

    def decoded(self: DocumentNode) -> Decoded:
        read.append(self.id)
        return original(self)

    monkeypatch.setattr(kind, "decoded", decoded)
    for each in ("1:1", "1:1", "1:2", "1:1"):
        renderer.draw(opened.find(each), RenderOptions())
    renderer.forget()
    renderer.draw(opened.find("1:1"), RenderOptions())
    assert read == ["1:1", "1:2", "1:1", "1:1"]
