from __future__ import annotations

from renderer.displaylist import MaskSource, Pop, PushClip, PushMasked, Span
from renderer.draw.svg.structure import OUTSIDE, structure_of, whole_spans
from renderer.geometry import IDENTITY
from renderer.scene import BlendMode, MaskKind, NoiseKind
from tests.renderer.draw.drawing import BLUE, box, fill, solid
from tests.renderer.draw.svg.lists import group, noise

CLIP = PushClip(box(), IDENTITY, box())
MASK = PushMasked(MaskKind.ALPHA, box())
PLAIN, BLENDING = fill(box()), fill(box(), solid(BLUE, 1.0, BlendMode.MULTIPLY))


def test_groups_end_where_they_do() -> None:
    found = structure_of([CLIP, group(), PLAIN, Pop(), MASK, PLAIN, MaskSource(), PLAIN, Pop(), Pop()])
    assert (found.ends[0], found.ends[1], found.ends[4]) == (9, 3, 8)


def test_a_mask_is_a_section_of_its_own() -> None:
    found = structure_of([MASK, PLAIN, MaskSource(), PLAIN, Pop(), PLAIN])
    assert found.sections == [OUTSIDE, 0, 0, 2, 2, OUTSIDE, OUTSIDE]


def test_what_blends_in_a_clip_blends_around_it_too() -> None:
    assert structure_of([CLIP, CLIP, BLENDING, Pop(), Pop()]).blending == {0, 1, OUTSIDE}


def test_what_blends_in_a_layer_blends_there_only() -> None:
    assert structure_of([group(), CLIP, BLENDING, Pop(), Pop()]).blending == {0, 1}
    assert structure_of([MASK, PLAIN, MaskSource(), BLENDING, Pop()]).blending == {2}


def test_a_group_that_blends_does_so_around_it() -> None:
    assert structure_of([CLIP, group(1.0, BlendMode.MULTIPLY), PLAIN, Pop(), Pop()]).blending == {0, OUTSIDE}


def test_noise_lies_in_its_group() -> None:
    assert structure_of([group(), PLAIN, noise(NoiseKind.MONOTONE), Pop()]).grained == {0}


def test_a_span_is_whole_where_its_groups_end_in_it() -> None:
    found = structure_of([CLIP, PLAIN, Pop(), MASK, PLAIN, MaskSource(), PLAIN, Pop()])
    spans = [Span("a", "", *ends) for ends in ((0, 3), (0, 8), (1, 2), (0, 2), (4, 7), (3, 8), (2, 3))]
    assert whole_spans(spans, found) == [True, True, True, False, False, True, False]
