"""Documents with random damage: whatever is done to one, the answer is a scene or a refusal, never anything else."""

from __future__ import annotations

import copy
import math
import random
from typing import Any

import pytest

from renderer.exceptions import RenderError
from renderer.scene import Masked
from tests.renderer.documents import Built, answer, frame, group, items_in, node, read, solid, text

VALUES: list[Any] = [
    *(None, True, 0, -1, 0.5, 1e300, -1e300, 1e7, 1e-300, 2**70, math.pi / 4),
    *("", "x", "NORMAL", "VECTOR", "TEXT", "GROUP", "CANVAS", "DOCUMENT", "SLICE", "BOOLEAN_OPERATION", "IMAGE"),
    *(
        [],
        {},
        [None],
        [[]],
        {"a": 1},
        [1, 2, 3],
        [[0, 0, 0], [0, 0, 0]],
        [[1, 1, 5], [1, 1, 5]],
        [[1e7, 0, 0], [0, 1, 0]],
    ),
    *({"x": 0, "y": 0}, {"x": 1, "y": 2, "width": 3, "height": 0}, {"r": 1, "g": 1, "b": 1}),
]

STOPS = [{"position": 0, "color": {"r": 0, "g": 0, "b": 0}}, {"position": 1, "color": {"r": 1, "g": 0, "b": 0}}]
HANDLES = [{"x": 0, "y": 0}, {"x": 1, "y": 0}, {"x": 0, "y": 1}]
SHADOW = {"type": "DROP_SHADOW", "color": {"r": 0, "g": 0, "b": 0, "a": 1}, "offset": {"x": 1, "y": 1}, "radius": 2}
PLACED: dict[str, Any] = {"size": {"x": 9, "y": 9}, "relativeTransform": [[1, 0, 3], [0, 1, 4]]}

RICH = answer(
    n2=frame(
        group(node(rotation=0.3, cornerRadius=3, strokes=[solid()], strokeDashes=[1, 2]), rotation=1.1),
        node("ELLIPSE", arcData={"startingAngle": 0, "endingAngle": 3, "innerRadius": 0.5}, isMask=True),
        node(
            "VECTOR",
            fillGeometry=[{"path": "M0 0L9 9", "overrideID": 1}],
            fillOverrideTable={"1": {"fills": []}},
            **PLACED,
        ),
        node("BOOLEAN_OPERATION", booleanOperation="SUBTRACT", children=[node(**PLACED), node("STAR")]),
        node(fills=[{"type": "GRADIENT_LINEAR", "gradientStops": STOPS, "gradientHandlePositions": HANDLES}]),
        node(fills=[{"type": "IMAGE", "imageRef": "ab12", "imageTransform": [[1, 0, 0], [0, 1, 0]]}], effects=[SHADOW]),
        text(
            "a\U0001f600b",
            characterStyleOverrides=[0, 1],
            styleOverrideTable={"1": {"fontSize": 9}},
            lineTypes=["ORDERED"],
        ),
        node("LINE", strokes=[solid()], strokeCap="ROUND", strokeAlign="INSIDE", absoluteRenderBounds=None),
        itemReverseZIndex=True,
        clipsContent=True,
        individualStrokeWeights={"top": 1, "right": 0, "bottom": 1, "left": 0},
    )
)


def containers(document: Any) -> list[Any]:
    found, pending = [], [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict | list) and value:
            found.append(value)
            pending.extend(value.values() if isinstance(value, dict) else value)
    return found


def damaged(chance: random.Random) -> Any:
    document = copy.deepcopy(RICH)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        place = chance.choice(containers(document))
        key = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
        if isinstance(place, dict) and chance.random() < 0.2:
            del place[key]
        else:
            place[key] = copy.deepcopy(chance.choice(VALUES))
    return document


def is_finite(scene: Built) -> bool:
    numbers = [scene.bounds.x, scene.bounds.y, scene.bounds.width, scene.bounds.height]
    for each in items_in(scene.root):
        if isinstance(each, Masked):
            continue
        matrix = each.transform
        numbers += [each.width, each.height, matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f]
    return all(abs(number) < 1e9 for number in numbers)


@pytest.mark.parametrize("seed", range(8))
def test_damage_is_answered_by_a_scene_or_a_refusal(seed: int) -> None:
    chance = random.Random(seed)
    scenes = [scene for scene in (outcome(damaged(chance)) for _ in range(60)) if scene is not None]
    assert 0 < len(scenes) < 60
    assert all(is_finite(scene) for scene in scenes)


def outcome(document: Any) -> Built | None:
    """The scene, or None where the document is refused."""
    try:
        return read(document)
    except RenderError:
        return None


def test_the_document_itself_is_sound() -> None:
    first, masked = read(RICH).children
    assert isinstance(masked, Masked)
    assert (first.id, len(masked.content)) == ("1:1", 6)
