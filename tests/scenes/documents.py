"""Documents written for the project, one for every thing that is drawn, each at the size it has in a design."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

from PIL import Image

from renderer.scene import BlendMode

Json = dict[str, Any]
Place = tuple[float, float, float, float]
Rgb = tuple[float, ...]

WIDTH, HEIGHT = 240.0, 160.0
# Of 255, as nearly all colours of designs are: a colour half way between two steps is rounded by each path as it likes.
INK, RED, BLUE, GOLD = (
    tuple(step / 255 for step in steps) for steps in ((26, 26, 36), (227, 61, 51), (41, 82, 219), (242, 189, 51))
)
PAPER, NIGHT, MIST, DUSK = (
    tuple(step / 255 for step in steps) for steps in ((255, 255, 255), (23, 26, 41), (237, 240, 245), (77, 102, 153))
)
_HANDLES = {
    "GRADIENT_LINEAR": ((0, 0), (1, 1), (0, 1)),
    "GRADIENT_RADIAL": ((0.5, 0.5), (1, 0.5), (0.5, 1)),
    "GRADIENT_ANGULAR": ((0.5, 0.5), (1, 0.5), (0.5, 1)),
    "GRADIENT_DIAMOND": ((0.5, 0.5), (1, 0.5), (0.5, 1)),
}


def _colour(rgb: Rgb, alpha: float = 1.0) -> Json:
    return {"r": rgb[0], "g": rgb[1], "b": rgb[2], "a": alpha}


def solid(rgb: Rgb = RED, alpha: float = 1.0, **more: Any) -> Json:
    return {"type": "SOLID", "blendMode": "NORMAL", "color": _colour(rgb, alpha), **more}


def gradient(kind: str = "GRADIENT_LINEAR", *stops: tuple[float, Json], **more: Any) -> Json:
    points = stops or ((0.0, _colour(RED)), (0.5, _colour(GOLD, 0.8)), (1.0, _colour(BLUE)))
    return {
        "type": kind,
        "blendMode": "NORMAL",
        "gradientHandlePositions": [{"x": x, "y": y} for x, y in _HANDLES[kind]],
        "gradientStops": [{"position": position, "color": colour} for position, colour in points],
        **more,
    }


def node(kind: str, place: Place, **more: Any) -> Json:
    x, y, width, height = place
    box = {"x": x, "y": y, "width": width, "height": height}
    return {"type": kind, "name": kind.lower(), "absoluteBoundingBox": box, "fills": [solid()], **more}


def rectangle(place: Place, **more: Any) -> Json:
    return node("RECTANGLE", place, **more)


def text(characters: str, place: Place, *, size: float = 14, **more: Any) -> Json:
    style = {"fontFamily": "Inter", "fontWeight": 400, "fontSize": size, **more.pop("style", {})}
    return node("TEXT", place, characters=characters, **({"fills": [solid(INK)]} | more), style=style)


def scene(*children: Json, ground: Rgb = PAPER, **more: Any) -> bytes:
    """A frame of WIDTH by HEIGHT. Every node gets an id."""
    root = node("FRAME", (0, 0, WIDTH, HEIGHT), fills=[solid(ground)], clipsContent=True, children=list(children))
    root |= more
    _number(root, [0])
    return json.dumps(root).encode()


def _number(one: Json, last: list[int]) -> None:
    last[0] += 1
    one["id"] = f"1:{last[0]}"
    for child in one.get("children", ()):
        _number(child, last)


def _grid(count: int, columns: int, inset: float = 10) -> list[Place]:
    """Places for so many nodes; at a third of a pixel, where edges have to be smoothed."""
    rows = -(-count // columns)
    width, height = WIDTH / columns, HEIGHT / rows
    return [
        (i % columns * width + inset + 0.3, i // columns * height + inset + 0.3, width - 2 * inset, height - 2 * inset)
        for i in range(count)
    ]


def photo() -> bytes:
    """A picture with soft and hard edges, as PNG."""
    image = Image.merge(
        "RGB",
        (
            Image.radial_gradient("L").resize((96, 64)),
            Image.linear_gradient("L").resize((96, 64)),
            Image.linear_gradient("L").rotate(90).resize((96, 64)),
        ),
    )
    image.paste((255, 240, 200), (30, 20, 50, 44))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


PHOTO = photo()
REF = hashlib.sha1(PHOTO, usedforsecurity=False).hexdigest()


def _image(mode: str, **more: Any) -> Json:
    return {"type": "IMAGE", "blendMode": "NORMAL", "scaleMode": mode, "imageRef": REF, **more}


def fills() -> bytes:
    paints = [
        [solid(RED)],
        [solid(BLUE, 0.4)],
        [solid(GOLD), solid(BLUE, 0.5)],
        [solid(RED, opacity=0.3)],
        [solid(RED), gradient("GRADIENT_LINEAR", opacity=0.5)],
        [solid(GOLD, visible=False), solid(INK, 0.9)],
    ]
    return scene(*(rectangle(place, fills=paint) for place, paint in zip(_grid(6, 3), paints, strict=True)))


def gradients() -> bytes:
    clear = ((0.0, _colour(BLUE)), (1.0, _colour(BLUE, 0)))
    paints = [
        *(gradient(kind) for kind in _HANDLES),
        gradient("GRADIENT_LINEAR", *clear),
        gradient("GRADIENT_RADIAL", *clear),
    ]
    return scene(
        *(rectangle(place, fills=[paint], cornerRadius=6) for place, paint in zip(_grid(6, 3), paints, strict=True))
    )


def images() -> bytes:
    half = [[0.5, 0.0, 0.25], [0.0, 0.5, 0.25]]
    paints = [
        _image("FILL"),
        _image("FIT"),
        _image("TILE", scalingFactor=0.25),
        _image("STRETCH", imageTransform=half),
        _image("FILL", rotation=90, opacity=0.7),
        _image("FILL", filters={"exposure": 0.3, "contrast": 0.2, "saturation": -0.5}),
    ]
    return scene(*(rectangle(place, fills=[paint]) for place, paint in zip(_grid(6, 3), paints, strict=True)))


def shapes() -> bytes:
    places = _grid(8, 4, 8)
    star = {"path": "M20 0L25 14L40 15L28 24L33 40L20 30L7 40L12 24L0 15L15 14Z", "windingRule": "NONZERO"}
    ring = {"path": "M0 0H40V60H0Z M10 10H30V50H10Z", "windingRule": "EVENODD"}
    return scene(
        rectangle(places[0], rectangleCornerRadii=[0, 6, 12, 20]),
        rectangle(places[1], cornerRadius=16, cornerSmoothing=0.6),
        node("ELLIPSE", places[2]),
        node("ELLIPSE", places[3], arcData={"startingAngle": -1.0, "endingAngle": 3.5, "innerRadius": 0.6}),
        node("REGULAR_POLYGON", places[4], cornerRadius=4),
        node("STAR", places[5]),
        node("VECTOR", places[6], fillGeometry=[star]),
        node("VECTOR", places[7], fillGeometry=[ring]),
    )


def booleans() -> bytes:
    def combined(kind: str, place: Place) -> Json:
        x, y, side = place[0], place[1], min(place[2:]) * 0.7
        parts = [node("ELLIPSE", (x, y, side, side)), rectangle((x + side / 2, y + side / 3, side, side))]
        return node("BOOLEAN_OPERATION", place, booleanOperation=kind, children=parts, fills=[solid(BLUE)])

    kinds = ("UNION", "SUBTRACT", "INTERSECT", "EXCLUDE")
    return scene(*(combined(kind, place) for kind, place in zip(kinds, _grid(4, 2, 12), strict=True)))


def strokes() -> bytes:
    places = _grid(9, 3, 12)
    line = {"strokes": [solid(BLUE)], "strokeWeight": 5, "fills": [solid(GOLD, 0.4)]}
    sides = {"top": 1, "right": 4, "bottom": 8, "left": 2}
    return scene(
        *(rectangle(p, **line, strokeAlign=a) for p, a in zip(places, ("INSIDE", "CENTER", "OUTSIDE"), strict=False)),
        node("ELLIPSE", places[3], **line, strokeDashes=[9, 5]),
        rectangle(places[4], **line, individualStrokeWeights=sides, strokeAlign="INSIDE"),
        rectangle(places[5], **line, strokeJoin="ROUND", strokeAlign="OUTSIDE", cornerRadius=3),
        node("LINE", (places[6][0], places[6][1], places[6][2], 0), **line | {"strokeCap": "ROUND"}),
        node("STAR", places[7], **line, strokeJoin="BEVEL"),
        rectangle(places[8], **line | {"strokes": [gradient()], "strokeWeight": 1}, strokeAlign="CENTER"),
    )


def _shadow(kind: str = "DROP_SHADOW", **more: Any) -> Json:
    fixed = {"type": kind, "visible": True, "blendMode": "NORMAL", "color": _colour(NIGHT, 0.35)}
    return fixed | {"offset": {"x": 2, "y": 5}, "radius": 10} | more


def shadows() -> bytes:
    white = {"fills": [solid(PAPER)], "cornerRadius": 10}
    places = _grid(6, 3, 16)
    ring = {"path": "M0 0H48V48H0Z M12 12H36V36H12Z", "windingRule": "EVENODD"}
    return scene(
        rectangle(places[0], **white, effects=[_shadow()]),
        rectangle(places[1], **white, effects=[_shadow(spread=4, radius=4), _shadow(radius=24)]),
        rectangle(places[2], **white, effects=[_shadow("INNER_SHADOW")]),
        node("ELLIPSE", places[3], fills=[solid(GOLD, 0.5)], effects=[_shadow(showShadowBehindNode=True)]),
        node("VECTOR", places[4], fillGeometry=[ring], effects=[_shadow(), _shadow("INNER_SHADOW", radius=4)]),
        text("Shade", places[5], size=24, effects=[_shadow(radius=3)]),
        ground=MIST,
    )


def blurs() -> bytes:
    stripes = [rectangle((i * 24.0, 0, 12, HEIGHT), fills=[solid((RED, BLUE, GOLD)[i % 3])]) for i in range(10)]
    background = {"type": "BACKGROUND_BLUR", "visible": True, "radius": 12}
    return scene(
        *stripes,
        rectangle((20, 20, 90, 60), fills=[solid(PAPER, 0.3)], cornerRadius=12, effects=[background]),
        node("ELLIPSE", (130, 20, 60, 60), effects=[{"type": "LAYER_BLUR", "visible": True, "radius": 8}]),
        rectangle((40, 100, 160, 40), effects=[{"type": "LAYER_BLUR", "visible": True, "radius": 40}]),
    )


def words() -> bytes:
    styled: Json = {
        "characterStyleOverrides": [0] * 6 + [1] * 4 + [2] * 6,
        "styleOverrideTable": {"1": {"fontWeight": 700, "fills": [solid(RED)]}, "2": {"textDecoration": "UNDERLINE"}},
    }
    wide = {"textAlignHorizontal": "JUSTIFIED", "lineHeightPx": 18, "lineHeightUnit": "PIXELS"}
    return scene(
        text("Plain bold underlined", (10, 8, 220, 20), **styled),
        text(
            "A paragraph that is set in several lines, and justified between its edges.",
            (10, 30, 110, 60),
            size=11,
            style=wide,
        ),
        text("Large", (128, 28, 110, 50), size=38, fills=[gradient()], style={"fontWeight": 800}),
        text("Small print, seven pixels high", (128, 80, 110, 12), size=7),
        text("Ελληνικά Кириллица", (10, 96, 220, 18), size=13),
        text("العربية עברית 漢字", (10, 114, 220, 20), size=13),
        text("CASE and space", (10, 136, 220, 18), style={"textCase": "UPPER", "letterSpacing": 3}),
    )


def turned_words() -> bytes:
    turned = text("Turned by a quarter of a radian", (20, 60, 200, 24), size=16, rotation=0.25)
    return scene(turned, text("On night", (20, 120, 200, 24), size=20, fills=[solid(PAPER, 0.8)]), ground=DUSK)


def _mask(kind: str, place: Place) -> Json:
    fill = gradient("GRADIENT_LINEAR", (0.0, _colour(PAPER)), (1.0, _colour(INK, 0.1)))
    shape = node("ELLIPSE", place, isMask=True, maskType=kind, fills=[fill])
    return node("GROUP", place, fills=[], children=[shape, rectangle(place, fills=[_image("FILL")])])


def masks() -> bytes:
    kinds = ("ALPHA", "VECTOR", "LUMINANCE")
    return scene(*(_mask(kind, place) for kind, place in zip(kinds, _grid(3, 3, 8), strict=True)), ground=GOLD)


def blends() -> bytes:
    modes = [mode.value for mode in BlendMode if mode is not BlendMode.PASS_THROUGH]
    ground = rectangle((0, 0, WIDTH, HEIGHT), fills=[_image("FILL")])
    places = _grid(len(modes), 5, 5)
    tiles = [
        rectangle(place, blendMode=mode, opacity=0.9, fills=[gradient()])
        for place, mode in zip(places, modes, strict=True)
    ]
    return scene(ground, *tiles)


def clips() -> bytes:
    def clipped(place: Place, **more: Any) -> Json:
        x, y, width, height = place
        inside = node("ELLIPSE", (x - 10, y - 10, width, height), fills=[gradient("GRADIENT_RADIAL")])
        return node("FRAME", place, fills=[solid(NIGHT)], clipsContent=True, children=[inside], **more)

    places = _grid(4, 2, 14)
    nested = clipped(places[3], cornerRadius=20)
    nested["children"].append(clipped((places[3][0] + 40, places[3][1] + 10, 60, 40), cornerRadius=9))
    return scene(
        clipped(places[0]),
        clipped(places[1], cornerRadius=18),
        clipped(places[2], cornerRadius=8, rotation=0.2),
        nested,
    )


def groups() -> bytes:
    pair = [node("ELLIPSE", (20, 20, 80, 80)), node("ELLIPSE", (60, 40, 80, 80), fills=[solid(BLUE)])]
    moved = [node("ELLIPSE", (140, 30, 60, 60)), rectangle((160, 60, 60, 60), fills=[solid(GOLD)])]
    return scene(
        node("GROUP", (20, 20, 120, 100), fills=[], opacity=0.5, children=pair),
        node("GROUP", (140, 30, 80, 90), fills=[], blendMode="MULTIPLY", children=moved, effects=[_shadow()]),
        ground=MIST,
    )


def clear_ground() -> bytes:
    """Nothing below: the picture has clear pixels."""
    return scene(
        rectangle((20, 20, 90, 60), fills=[solid(RED, 0.5)], cornerRadius=12),
        node(
            "ELLIPSE",
            (100, 40, 100, 100),
            fills=[gradient("GRADIENT_RADIAL", (0.0, _colour(GOLD)), (1.0, _colour(GOLD, 0)))],
        ),
        text("Clear", (20, 110, 90, 40), size=26),
        fills=[],
    )


def screen() -> bytes:
    """What most documents are: cards on a page."""

    def card(number: int) -> Json:
        top = 10.0 + number * 50
        return node(
            "FRAME",
            (10, top, WIDTH - 20, 42),
            fills=[solid(PAPER)],
            cornerRadius=10,
            clipsContent=True,
            effects=[_shadow(radius=8, color=_colour(NIGHT, 0.12))],
            children=[
                node("ELLIPSE", (18, top + 7, 28, 28), fills=[gradient()]),
                text(f"Card number {number + 1}", (56, top + 6, 140, 16), size=12, style={"fontWeight": 600}),
                text("A second line in grey", (56, top + 22, 140, 14), size=10, fills=[solid(INK, 0.5)]),
                rectangle((196, top + 11, 24, 20), fills=[solid(BLUE)], cornerRadius=6),
            ],
        )

    return scene(*(card(number) for number in range(3)), ground=MIST)


SCENES = {
    maker.__name__: maker()
    for maker in (
        fills,
        gradients,
        images,
        shapes,
        booleans,
        strokes,
        shadows,
        blurs,
        words,
        turned_words,
        masks,
        blends,
        clips,
        groups,
        clear_ground,
        screen,
    )
}
"""Name → document. All may use the image :data:`PHOTO`."""
