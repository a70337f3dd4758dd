"""From times to rows and goals, and what is written of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from benchmarks import page, plot, report, show
from benchmarks.estimate import Estimate
from benchmarks.goals import goals
from benchmarks.load.report import LoadReport
from benchmarks.machine import describe
from benchmarks.report import BenchReport, Goal
from benchmarks.sampling import Collected, Curve

DOCS = Path(__file__).resolve().parents[2] / "docs"


def steady(locked: float) -> Collected:
    return Collected({"not locked": [1.0] * 50, "locked": [locked] * 50})


def made(collected: Collected, *, name: str = "steady", baseline: str = "not locked") -> BenchReport:
    section = report.section(name, "One <render> & its lock", baseline, collected)
    return BenchReport(describe(), quick=False, sections=(section,), goals=goals({name: section}))


@pytest.mark.parametrize(("locked", "verdict"), [(1.005, "pass"), (1.02, "FAIL")])
def test_a_goal_is_held_to_what_was_measured(locked: float, verdict: str) -> None:
    found = {goal.figure: goal.verdict for goal in made(steady(locked)).goals}
    assert found.pop("lock's cost on a locked render, locked / not") == verdict
    assert set(found.values()) == {"not measured"}
    assert len(found) >= 6


def test_a_goal_is_met_exactly_at_its_limit() -> None:
    assert Goal("x", 2.0, "ms", Estimate(2.0, 1.0, 3.0), None).verdict == "pass"


def test_the_baseline_has_no_ratio_and_the_others_do() -> None:
    rows = made(steady(2.0)).sections[0].rows
    assert rows[0].ratio is None
    assert rows[1].ratio is not None
    assert rows[1].ratio.value == pytest.approx(2.0)


def test_the_page_stands_alone_and_escapes_what_it_shows() -> None:
    curve = Curve("a <b> curve", "nodes", [1.0, 10.0, 100.0, 1000.0], [1.0, 2.0, 11.0, 101.0])
    text = show.as_page(made(Collected({"a": [1.0, 2.0]}, [curve], ["a & note"], {"crun": "<not> here"}), baseline="a"))
    assert "a &lt;b&gt; curve" in text
    assert "&lt;not&gt; here" in text
    assert "a &amp; note" in text
    assert not re.search(r"<script|https?://|@import|url\(|src=", text)
    assert "<polyline" in text
    assert "<circle" in text


@pytest.mark.parametrize(("name", "kind"), [("bench", BenchReport), ("loadtest", LoadReport)])
def test_the_committed_schema_is_the_current_one(name: str, kind: type) -> None:
    """Written by ``renderserver bench --schema`` and ``renderserver loadtest --schema``."""
    assert json.loads((DOCS / f"{name}-schema.json").read_text()) == TypeAdapter(kind).json_schema()


def test_what_is_written_as_json_is_read_back_the_same() -> None:
    adapter = TypeAdapter(BenchReport)
    before = made(steady(1.1))
    assert adapter.validate_json(json.dumps(adapter.dump_python(before, mode="json"))) == before


def test_a_plot_has_every_point_and_stays_within_its_frame() -> None:
    points = tuple((float(n), float(n * n)) for n in range(1, 40))
    text = plot.lines([plot.Series("s", points, dots=True)], plot.Axis("n", log=True), plot.Axis("ms", log=True))
    places = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.-]+)" cy="([\d.-]+)"', text)]
    assert len(places) == len(points)
    assert all(0 <= x <= 860 and 0 <= y <= 300 for x, y in places)
    assert [x for x, _ in places] == sorted(x for x, _ in places)


def test_what_cannot_be_drawn_is_left_out() -> None:
    series = [plot.Series("s", ((0.0, 1.0), (1.0, float("nan")), (2.0, 3.0)))]
    assert plot.lines(series, plot.Axis("x", log=True), plot.Axis("y")).count("<circle") == 1
    assert plot.lines([plot.Series("s", ())], plot.Axis("x"), plot.Axis("y")) == ""


def test_a_table_marks_what_failed() -> None:
    text = page.table(("a", "b"), [("x", "pass"), ("y", "FAIL")])
    assert '<td class="good">pass</td>' in text
    assert '<td class="bad">FAIL</td>' in text
