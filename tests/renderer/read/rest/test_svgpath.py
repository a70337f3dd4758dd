from __future__ import annotations

import pytest

from renderer.geometry import Verb
from renderer.geometry.skiapath import to_skia
from renderer.read.rest.svgpath import (
    FarCoordinateError,
    NotPathDataError,
    PathDataError,
    PathTooLongError,
    parse_path,
    verbs_at_least,
)


def _points(data: str) -> list[tuple[float, float]]:
    coordinates = [round(value, 4) for value in parse_path(data).coordinates.tolist()]
    return list(zip(coordinates[::2], coordinates[1::2], strict=True))


@pytest.mark.parametrize(
    ("data", "points"),
    [
        ("M1 2L3 4", [(1, 2), (3, 4)]),
        ("m1,2l3-4", [(1, 2), (4, -2)]),
        ("M1 2 3 4 5 6", [(1, 2), (3, 4), (5, 6)]),
        ("m1 2 3 4 5 6", [(1, 2), (4, 6), (9, 12)]),
        ("M0 0H5V6h-1v-1", [(0, 0), (5, 0), (5, 6), (4, 6), (4, 5)]),
        ("M.5.5L1e1-2.5E0", [(0.5, 0.5), (10, -2.5)]),
        ("M0 0C1 1 2 1 3 0S5-1 6 0", [(0, 0), (1, 1), (2, 1), (3, 0), (4, -1), (5, -1), (6, 0)]),
        ("M0 0Q1 1 2 0T4 0", [(0, 0), (1, 1), (2, 0), (3, -1), (4, 0)]),
        ("M0 0S1 1 2 0", [(0, 0), (0, 0), (1, 1), (2, 0)]),
        ("M1 1l1 0zl0 5", [(1, 1), (2, 1), (1, 1), (1, 6)]),
        ("M1 2L3 4ZM5 6H7V8Z", [(1, 2), (3, 4), (5, 6), (7, 6), (7, 8)]),
        ("M1 2V3H4L5 6H7", [(1, 2), (1, 3), (4, 3), (5, 6), (7, 6)]),
        ("M1,2 C1,1,2,2,3,3 Q4,4 5,5 Z", [(1, 2), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]),
        ("M1 1M2 2L3 3M4 4", [(2, 2), (3, 3), (4, 4)]),
    ],
)
def test_commands_absolute_relative_repeated_and_smooth(data: str, points: list[tuple[float, float]]) -> None:
    assert _points(data) == points


@pytest.mark.parametrize(
    ("data", "verbs"),
    [
        ("M0 0L1 1H2V3Q1 1 2 2C1 1 2 2 3 3Z", "MLLLQCZ"),
        ("M0 0L1 1ZM2 2L3 3", "MLZML"),
        ("M0 0 1 1 2 2z", "MLLZ"),
        ("M0 0L1 1ZZL2 2", "MLZML"),
        ("M0 0Z", "MZ"),
    ],
)
def test_verbs(data: str, verbs: str) -> None:
    letters = {Verb.MOVE: "M", Verb.LINE: "L", Verb.QUAD: "Q", Verb.CUBIC: "C", Verb.CLOSE: "Z"}
    assert "".join(letters[verb] for verb, _ in parse_path(data).segments()) == verbs


@pytest.mark.parametrize("data", ["M0 0L1.5 -2ZM1e-3 .5C1 2 3 4 5 6", "M1 1H5V-2Q1 2 3 4Z"])
def test_figmas_own_way_to_write_and_any_other_are_the_same_path(data: str) -> None:
    # The move in front is replaced by the next, and is relative, so that the text is read command by command.
    assert parse_path(data) == parse_path(f"m0 0{data}")


def test_the_winding_rule_is_the_paths() -> None:
    assert parse_path("M0 0L1 1Z", even_odd=True).even_odd
    assert parse_path("m0 0l1 1z", even_odd=True).even_odd
    assert not parse_path("M0 0L1 1Z").even_odd


def test_an_arc_ends_where_it_says_and_bulges_to_its_side() -> None:
    bounds = to_skia(parse_path("M0 0A10 10 0 0 1 20 0")).computeTightBounds()
    assert (bounds.right(), bounds.top()) == (pytest.approx(20), pytest.approx(-10, abs=1e-3))
    other = to_skia(parse_path("M0 0A10 10 0 0 0 20 0")).computeTightBounds()
    assert other.bottom() == pytest.approx(10, abs=1e-3)


def test_an_arc_is_conics_and_goes_on_from_where_it_began() -> None:
    verbs = [verb for verb, _ in parse_path("M1 2A5 5 0 0 1 9 2L0 0").segments()]
    assert verbs[0] is Verb.MOVE
    assert verbs.count(Verb.MOVE) == 1
    assert set(verbs[1:-1]) == {Verb.CONIC}


@pytest.mark.parametrize("data", ["M1", "M1 1C1 2 3", "M0 0Z 5 5", "M0 0L Z", "M0 0 0", "M0 0L1 1 5Z", "M0 0L1Z5"])
def test_what_is_no_sound_path_data_is_refused(data: str) -> None:
    with pytest.raises(PathDataError) as caught:
        parse_path(data)
    assert type(caught.value) is PathDataError


@pytest.mark.parametrize(
    "data",
    ["", "L1 1", "5 5", "<script>", "M0 0 L url(#x)", "M0 0Lnan 5", "M", "M0 0L1_0 5", "E5M5 0L9 9Z", "-5 5M0 0Z"],
)
def test_what_has_other_things_in_it_is_no_path_data_at_all(data: str) -> None:
    with pytest.raises(NotPathDataError):
        parse_path(data)


@pytest.mark.parametrize("number", ["1e9", "-1e9", "1e999", "-1E+12", "123456789", "99999999.5"])
def test_a_number_beyond_the_limit_is_told_apart(number: str) -> None:
    with pytest.raises(FarCoordinateError):
        parse_path(f"M0 0L{number} 0")


@pytest.mark.parametrize("data", ["M0 0L1 1L2 2L3 3", "M0 0 1 1 2 2 3 3", "m0 0l1 1l2 2l3 3"])
def test_verbs_have_a_limit(data: str) -> None:
    assert len(parse_path(data, max_verbs=4).verbs) == 4
    with pytest.raises(PathTooLongError, match="more than 3"):
        parse_path(data, max_verbs=3)


def test_verbs_are_counted_before_a_text_is_read() -> None:
    assert verbs_at_least("M0 0L1 1L2 2L3 3") == 4
    assert verbs_at_least("M" + "0 0 " * 900) == 300


def test_a_path_goes_to_skia_as_it_is() -> None:
    assert to_skia(parse_path("M0 0H3")).getBounds().width() == 3
