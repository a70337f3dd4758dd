from __future__ import annotations

import time
from dataclasses import replace

from renderer.draw.svg.text.clusters import clusters_of
from renderer.text import GlyphRun
from tests.renderer.draw.svg.words import runs, text

KA, VIRAMA, JOINER = "\u0915", "\u094d", "\u200d"
LENGTH = 300_000


def _run(*characters: str) -> GlyphRun:
    """A glyph for each, on one line."""
    (command,) = runs(text("a"))
    places = tuple((float(x), 0.0) for x in range(len(characters)))
    return replace(command.run, glyphs=(1,) * len(characters), characters=characters, positions=places)


def _texts(*characters: str) -> list[str]:
    return [cluster.text for cluster in clusters_of(_run(*characters), 0)]


def test_a_virama_binds_through_joiners_and_glyphs_that_go_on() -> None:
    assert _texts(KA + VIRAMA, "", JOINER, KA, KA) == [KA + VIRAMA + JOINER + KA, KA]


def test_a_joiner_alone_binds_nothing() -> None:
    assert _texts(JOINER, KA) == [JOINER, KA]


def test_a_cluster_as_long_as_the_text_takes_time_in_proportion() -> None:
    run = _run(*[KA + VIRAMA] * LENGTH)
    started = time.perf_counter()
    (cluster,) = clusters_of(run, 0)
    assert len(cluster.text) == 2 * LENGTH
    assert time.perf_counter() - started < 5.0  # copied for each glyph, it takes twenty seconds and more
