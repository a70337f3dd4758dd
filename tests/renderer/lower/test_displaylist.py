"""What a display list says, apart from what it looks like."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest

from renderer.displaylist import (
    Band,
    Blur,
    BlurBackdrop,
    CastShadow,
    Cut,
    DrawNoise,
    FillArea,
    FillGlyphs,
    Link,
    MaskSource,
    Pop,
    PushClip,
    PushGroup,
    PushMasked,
    ShadowFilter,
    SolidPaint,
    Span,
)
from renderer.geometry import Matrix, Point, Rect
from renderer.scene import (
    BackgroundBlur,
    BlendMode,
    BlurRamp,
    DropShadow,
    EllipseGeometry,
    ImageFill,
    LayerBlur,
    LineGeometry,
    MaskKind,
    Noise,
    NoiseKind,
    PenStroke,
    RectGeometry,
    StrokeAlign,
    StrokeCap,
    TextBlock,
    TextRun,
    TextStyle,
)
from tests.renderer.lower.drawing import (
    BLACK,
    BLUE,
    RED,
    WHITE,
    box,
    group,
    load_fonts,
    lowered,
    masked,
    outlined,
    solid,
    words,
)


def _kinds(*items: object) -> list[str]:
    return [type(command).__name__ for command in lowered(*items).commands]  # type: ignore[arg-type]


def test_every_command_says_where_it_is_on_the_page() -> None:
    turned = Matrix.translation(50, 50) @ Matrix.rotation(math.pi / 2)
    (fill,) = lowered(box(transform=turned, children=(), width=40, height=20)).commands
    assert isinstance(fill, FillArea)
    assert (fill.bounds.x, fill.bounds.y, fill.bounds.width, fill.bounds.height) == pytest.approx((30, 50, 20, 40))
    inner = box(5, 6, 10, 10)
    placed = [command for command in lowered(box(20, 30, children=(inner,))).commands if isinstance(command, FillArea)]
    assert placed[1].matrix == Matrix.translation(25, 36)


def test_opacity_goes_into_the_one_paint_of_a_node_and_needs_no_group() -> None:
    (fill,) = lowered(box(opacity=0.5, fills=(solid(RED, 0.5),), blend=BlendMode.MULTIPLY)).commands
    assert isinstance(fill, FillArea)
    assert fill.paints == (SolidPaint(RED.faded(0.25), BlendMode.MULTIPLY),)
    assert _kinds(box(opacity=0.5, fills=(solid(), solid()))) == ["PushGroup", "FillArea", "Pop"]


def test_groups_are_balanced_and_nest() -> None:
    nested = group(
        masked(MaskKind.LUMINANCE, box(), box(5, 5), masked(MaskKind.VECTOR, box(), box(6, 6))),
        box(clips=True, children=(box(1, 1), box(2, 2))),
        opacity=0.5,
    )
    depth, deepest = 0, 0
    for command in lowered(nested).commands:
        depth += isinstance(command, PushClip | PushGroup | PushMasked) - isinstance(command, Pop)
        deepest = max(deepest, depth)
        assert depth >= 0
    assert (depth, deepest) == (0, 3)


def test_a_mask_comes_after_what_it_masks() -> None:
    faint = box(fills=(solid(WHITE, 0.5),))
    assert _kinds(masked(MaskKind.ALPHA, faint, box())) == ["PushMasked", "FillArea", "MaskSource", "FillArea", "Pop"]
    assert _kinds(masked(MaskKind.ALPHA, box(), box())) == ["PushClip", "FillArea", "Pop"]


def test_what_does_not_show_leaves_nothing_behind() -> None:
    away = box(500, 0)
    assert _kinds(box(200, 200), group(away), box(fills=(), clips=True, children=(away,))) == []
    assert _kinds(masked(MaskKind.LUMINANCE, box(), away)) == []
    assert _kinds(box(50, 50, 10, 10, fills=(), clips=True, children=(box(20, 0),))) == []


def test_what_lies_beside_the_picture_is_kept_where_a_filter_brings_it_in() -> None:
    shadow = DropShadow(Point(-80, 0), 0, 0, BLACK)
    moved = group(box(110, 0), effects=(shadow,))
    assert _kinds(moved) == ["PushGroup", "FillArea", "Pop"]


def test_spans_say_what_paints_which_node() -> None:
    spans = lowered(box(0, 0, children=(box(1, 1), box(500, 0)), clips=True)).spans
    assert spans == (Span("0:0", "page", 0, 4), Span("1:1", "box", 0, 4), Span("1:1", "box", 2, 3))
    assert all(one.start <= other.start for one, other in pairwise(spans))


def test_a_plain_shadow_is_cast_by_its_area_and_any_other_is_a_filter() -> None:
    shadow = DropShadow(Point(3, 4), 10, 2, BLACK)
    cast, _ = lowered(box(effects=(shadow,), fills=(solid(RED, 0.5),))).commands
    assert isinstance(cast, CastShadow)
    assert (cast.sigma, cast.spread, cast.offset, cast.opaque) == (5, 2, Point(3, 4), False)
    assert cast.colour == BLACK.faded(0.5)
    (push, *_) = lowered(group(box(), effects=(shadow,))).commands
    assert isinstance(push, PushGroup)
    assert push.filters == (ShadowFilter(Point(3, 4), 5, BLACK),)


def test_a_filter_is_as_wide_as_the_node_is_drawn() -> None:
    shadow = DropShadow(Point(3, 4), 10, 0, BLACK)
    (push, *_) = lowered(group(box(), effects=(shadow,), transform=Matrix.scaling(2, 3))).commands
    assert isinstance(push, PushGroup)
    assert push.filters == (ShadowFilter(Point(3, 4), 15, BLACK),)


def test_a_background_blur_comes_before_its_node() -> None:
    glass = box(fills=(solid(WHITE, 0.1),), effects=(BackgroundBlur(8),), opacity=0.5)
    blur, _ = lowered(glass).commands
    assert isinstance(blur, BlurBackdrop)
    assert (blur.sigma, blur.opacity, blur.bounds) == (4, 0.5, Rect(0, 0, 40, 40))


def test_noise_lies_on_its_node_alone() -> None:
    grain = Noise(NoiseKind.MONOTONE, 1, 0.5, BLACK, BLACK)
    assert _kinds(box(effects=(grain,))) == ["PushGroup", "FillArea", "DrawNoise", "Pop"]
    assert any(isinstance(command, DrawNoise) for command in lowered(box(effects=(grain,))).commands)


# --- strokes ----------------------------------------------------------------------------------------------------------


def _stroked(stroke: PenStroke, **more: Any) -> FillArea:
    (fill,) = lowered(box(20, 20, fills=(), stroke=stroke, **more)).commands
    assert isinstance(fill, FillArea)
    return fill


def test_the_stroke_of_a_box_is_a_band_with_the_pen_along_its_middle() -> None:
    fill = _stroked(PenStroke((solid(),), 4, StrokeAlign.INSIDE))
    assert fill.area == Band(Rect(0, 0, 40, 40), Rect(4, 4, 32, 32))
    assert fill.pen is not None
    assert (fill.pen.path, fill.pen.weight) == (Rect(2, 2, 36, 36), 4)


def test_sides_of_their_own_have_no_pen() -> None:
    fill = _stroked(PenStroke((solid(),), 1, side_weights=(1, 2, 3, 4)))
    assert fill.area == Band(Rect(0, 0, 40, 40), Rect(4, 1, 34, 36))
    assert fill.pen is None


@pytest.mark.parametrize(("align", "inside"), [(StrokeAlign.INSIDE, True), (StrokeAlign.OUTSIDE, False)])
def test_a_stroke_on_one_side_of_a_path_is_a_double_one_cut_in_half(align: StrokeAlign, inside: bool) -> None:
    fill = _stroked(PenStroke((solid(),), 3, align), geometry=outlined("M0 0L40 0L20 40Z"))
    assert fill.cut is not None
    assert fill.cut.inside is inside
    assert fill.pen is not None
    assert fill.pen.weight == 6


def test_a_stroke_around_an_opaque_fill_lies_under_it_and_is_not_cut() -> None:
    stroke = PenStroke((solid(BLUE),), 3, StrokeAlign.OUTSIDE)
    below, above = lowered(box(20, 20, stroke=stroke, geometry=outlined("M0 0L40 0L20 40Z"))).commands
    assert isinstance(below, FillArea)
    assert isinstance(above, FillArea)
    assert (below.paints[0], below.cut) == (SolidPaint(BLUE), None)
    assert above.paints == (SolidPaint(RED),)


def test_a_cut_names_its_area() -> None:
    fill = _stroked(PenStroke((solid(),), 3, dashes=(2.0, 1.0)), geometry=EllipseGeometry())
    assert isinstance(fill.cut, Cut)
    assert fill.pen is not None
    assert fill.pen.dashes == (2.0, 1.0)


def test_a_line_with_heads_has_no_pen() -> None:
    line: dict[str, Any] = {"geometry": LineGeometry(), "height": 0.0}
    plain = _stroked(PenStroke((solid(),), 2, StrokeAlign.CENTER), **line)
    headed = _stroked(PenStroke((solid(),), 2, StrokeAlign.CENTER, cap=StrokeCap.LINE_ARROW), **line)
    assert plain.pen is not None
    assert headed.pen is None


# --- text -------------------------------------------------------------------------------------------------------------


def _text(characters: str, *links: str) -> TextBlock:
    """Each word in a run of its own, with its link."""
    runs, start = [], 0
    for word, link in zip(characters.split(" "), links, strict=True):
        end = min(start + len(word) + 1, len(characters))
        runs.append(TextRun(start, end, TextStyle("Inter", size=10, fills=(solid(),), link=link)))
        start = end
    return TextBlock(characters, tuple(runs))


def test_glyphs_keep_the_characters_they_stand_for() -> None:
    commands = lowered(words(_text("office", "")), fonts=load_fonts()).commands
    runs = [command.run for command in commands if isinstance(command, FillGlyphs)]
    assert "".join(character for run in runs for character in run.characters) == "office"
    assert all(len(run.characters) == len(run.glyphs) == len(run.positions) for run in runs)


def test_a_link_is_a_part_of_the_page() -> None:
    links = lowered(words(_text("go home now", "", "https://example.org/", "")), fonts=load_fonts()).links
    (link,) = links
    assert isinstance(link, Link)
    assert link.url == "https://example.org/"
    assert 5 + 8 < link.bounds.x < 5 + 25
    assert 20 < link.bounds.width < 40
    assert link.bounds.y == 5


def test_the_same_scene_gives_the_same_list() -> None:
    items = (
        box(0, 0, geometry=RectGeometry((5.0,) * 4)),
        box(5, 5, effects=(BackgroundBlur(3),), fills=(solid(RED, 0.1),)),
    )
    assert lowered(*items) == lowered(*items)


def test_masks_hold_to_the_end_of_their_siblings() -> None:
    kinds = _kinds(masked(MaskKind.VECTOR, box(), box(), masked(MaskKind.LUMINANCE, box(), box())))
    assert kinds == ["PushClip", "FillArea", "PushMasked", "FillArea", "MaskSource", "FillArea", "Pop", "Pop"]
    assert MaskSource in {type(command) for command in lowered(masked(MaskKind.LUMINANCE, box(), box())).commands}


def test_nothing_within_a_clip_or_a_mask_of_no_area_is_looked_at() -> None:
    """Else an image that nobody can see, and that is none, would refuse the whole."""
    broken = box(0, 0, fills=(ImageFill("f" * 16),))
    frame = box(0, 0, 0, 40, clips=True, fills=(), children=(broken,))
    mask = masked(MaskKind.VECTOR, box(0, 0, 0, 40), broken)
    assert lowered(frame, mask, images={"f" * 16: b"no image"}).commands == ()


def test_each_blur_that_grows_has_a_group_of_its_own() -> None:
    """One that grows asks for what goes into it several times."""
    ramp = BlurRamp(1, Point(0, 0), Point(1, 1))
    blurs = (LayerBlur(2, ramp), LayerBlur(4), LayerBlur(6, ramp), LayerBlur(8, ramp))
    groups = [each for each in lowered(box(effects=blurs, opacity=0.5)).commands if isinstance(each, PushGroup)]
    assert [[each.sigma for each in group.filters if isinstance(each, Blur)] for group in groups] == [[4], [3], [1, 2]]
    assert [group.opacity for group in groups] == [0.5, 1, 1]
    assert lowered(box(effects=blurs)).commands[-3:] == (Pop(),) * 3
