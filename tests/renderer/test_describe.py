from __future__ import annotations

from renderer.describe import describe
from renderer.geometry import Colour, PathData, Point, Rect
from renderer.scene import (
    BooleanGeometry,
    BooleanOperation,
    DropShadow,
    Group,
    MaskKind,
    PathGeometry,
    Region,
    Scene,
    SolidFill,
)
from tests.renderer.lower.drawing import RED, box, group, lowered, masked, path, solid


def test_what_has_its_default_is_left_out() -> None:
    assert describe(Group(id="1:1", name="a", width=1, height=2.5)) == "Group id='1:1' name='a' width=1 height=2.5\n"


def test_what_is_inside_is_moved_in() -> None:
    said = describe(Scene(group(box(1, 2)), Rect(0, 0, 9, 9), background=Colour(1, 1, 1)))
    assert said.splitlines() == [
        "Scene bounds=(0 0 9 9) background=(1 1 1 1)",
        "  root: Group id='1:1' name='group' width=40 height=40",
        "    children:",
        "      Shape id='1:1' name='box' width=40 height=40 transform=(1 0 0 1 1 2)",
        "        geometry: RectGeometry",
        "        fills:",
        "          SolidFill colour=(1 0 0 1)",
    ]


def test_paths_are_written_out_up_to_a_length() -> None:
    said = describe(PathGeometry((Region(path("M0 0L1.5 2Z")),)))
    assert "path=[M0,0 L1.5,2 Z]" in said
    long = describe(PathGeometry((Region(path("M0 0" + "L1 1" * 99)),)))
    assert "and 76 more]" in long
    assert "even-odd" in describe(PathGeometry((Region(PathData(b"", b"", even_odd=True)),)))


def test_an_effect_and_a_fill_say_what_is_not_usual() -> None:
    shadow = DropShadow(Point(0, 4), 8, 0, RED, show_behind_node=True)
    assert (
        describe(shadow).strip() == "DropShadow offset=(0 4) radius=8 spread=0 colour=(1 0 0 1) show_behind_node=True"
    )
    assert describe(SolidFill(RED, 0.25)).strip() == "SolidFill colour=(1 0 0 1) opacity=0.25"


def test_a_boolean_operation_says_its_operands() -> None:
    said = describe(box(geometry=BooleanGeometry(BooleanOperation.UNION, (box(1, 2),))))
    assert [line.split()[0] for line in said.splitlines()[:4]] == ["Shape", "geometry:", "operands:", "Shape"]


def test_numbers_are_those_that_can_be_seen() -> None:
    assert describe(Group(id="", name="", width=1 / 3, height=-0.0001)).strip() == (
        "Group id='' name='' width=0.333 height=0"
    )


def test_a_display_list_is_read_command_by_command() -> None:
    said = describe(lowered(masked(MaskKind.LUMINANCE, box(), box(fills=(solid(),)))))
    commands = [line.split()[0] for line in said.splitlines() if line.startswith("    ") and line[4] != " "]
    assert commands == ["PushMasked", "FillArea", "MaskSource", "FillArea", "Pop", "Span", "Span", "Span"]


def test_a_name_cannot_forge_a_line() -> None:
    said = describe(Group(id="1", name="a\n  root: Group", width=1, height=1))
    assert len(said.splitlines()) == 1
