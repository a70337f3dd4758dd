from __future__ import annotations

import pytest
import skia

from renderer.geometry import Matrix, PathData, Rect, Verb
from renderer.geometry.path import PathBuilder
from renderer.geometry.skiapath import from_skia, skia_matrix, to_skia


def _every_verb() -> PathData:
    built = PathBuilder()
    built.move(1, 2)
    built.line(3.5, 4)
    built.quad(1, 1, 2, 2)
    built.conic(5, 5, 6, 6, 0.5)
    built.cubic(1, 2, 3, 4, 5, 6)
    built.close()
    return built.build(even_odd=True)


def test_segments_give_each_verb_its_points() -> None:
    assert list(_every_verb().segments()) == [
        (Verb.MOVE, (1, 2)),
        (Verb.LINE, (3.5, 4)),
        (Verb.QUAD, (1, 1, 2, 2)),
        (Verb.CONIC, (5, 5, 6, 6, 0.5)),
        (Verb.CUBIC, (1, 2, 3, 4, 5, 6)),
        (Verb.CLOSE, ()),
    ]


def test_a_path_goes_to_skia_and_back() -> None:
    path = _every_verb()
    assert from_skia(to_skia(path)) == path
    assert to_skia(path).getFillType() == skia.PathFillType.kEvenOdd
    assert from_skia(skia.Path()) == PathData(b"", b"")


@pytest.mark.parametrize(
    "shape",
    [
        skia.Path.Circle(5, 5, 3),
        skia.Path.Oval(skia.Rect.MakeWH(4, 9)),
        skia.Path.RRect(skia.RRect.MakeRectXY(skia.Rect.MakeWH(20, 10), 3, 2)),
        skia.Path.Rect(skia.Rect.MakeWH(4, 9)),
    ],
)
def test_what_skia_serialises_in_a_form_of_its_own_comes_back_as_verbs(shape: skia.Path) -> None:
    path = from_skia(shape)
    assert list(path.verbs) == [int(verb) for verb in shape.getVerbs(shape.countVerbs())]
    assert skia.Op(to_skia(path), shape, skia.PathOp.kXOR_PathOp).isEmpty()


def test_verbs_that_want_more_points_than_there_are_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        to_skia(PathData(bytes((Verb.MOVE, Verb.CUBIC)), bytes(8)))


def test_bounds_hold_the_control_points_too() -> None:
    assert _every_verb().bounds == Rect(1, 1, 5, 5)
    assert PathData(b"", b"").bounds == Rect(0, 0, 0, 0)


def test_a_matrix_is_skias() -> None:
    mapped = skia_matrix(Matrix(2, 3, 4, 5, 6, 7)).mapXY(1, 10)
    assert (mapped.x(), mapped.y()) == (2 + 40 + 6, 3 + 50 + 7)
