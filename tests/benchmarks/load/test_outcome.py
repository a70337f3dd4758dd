"""Figures from records that were made up, so that the right answer is known."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from benchmarks.load import outcome, plan
from benchmarks.load.histogram import SHARES, _sorted, summarise
from benchmarks.load.k6 import Run, _start
from benchmarks.load.plan import Phase, PhaseKind, Plan, Profile
from benchmarks.load.processes import Process, Sampler, Usage, usage
from benchmarks.load.record import RequestRecord, Totals
from benchmarks.load.target import Target

A, B = Target("a", "http://127.0.0.1:1"), Target("b", "http://127.0.0.1:2")
START = 1_764_100_000.0
MIB = 1 << 20


def requests(phase: Phase, latencies_ms: Iterable[float], *, per_s: float, code: str = "") -> list[RequestRecord]:
    start_ms = (START + phase.start_s) * 1e3
    status = 503 if code else 200
    return [
        RequestRecord(
            phase.name, start_ms + number * 1e3 / per_s, latency, status, code, 0, 10, {"queue": 1.0, "draw": 4.0}
        )
        for number, latency in enumerate(latencies_ms)
    ]


def run_of(made: Plan, records: list[RequestRecord], dropped: dict[str, int] | None = None) -> Run:
    none = dict.fromkeys((phase.name for phase in made.phases), 0)
    return Run(made, tuple(records), Totals(len(records), none | (dropped or {})), (), START)


def test_a_phase_counts_pictures_that_were_finished_within_it() -> None:
    made = plan.profile_plan(Profile.STEADY, A, rate=10, duration_s=2, clients=4)
    (phase,) = made.phases
    late = requests(phase, [5000.0], per_s=10)
    records = [*requests(phase, [20.0] * 18, per_s=10), *late, *requests(phase, [1.0], per_s=10, code="overloaded")]
    (found,) = outcome.outcomes(run_of(made, records, {"load0": 3}), None)
    assert (found.requests, found.pictures, found.dropped) == (20, 19, 3)
    assert found.per_s == pytest.approx(9.0)
    assert found.errors == {"overloaded": 1}
    assert found.stages_ms["draw"] == (4.0,) * 19


def test_a_backlog_counts_where_it_is_finished() -> None:
    """Ten requests of the first step are answered in the second."""
    made = plan.profile_plan(Profile.SPIKE, A, rate=10, duration_s=10, clients=40)
    first, second, _ = made.phases
    found = outcome.outcomes(run_of(made, requests(first, [3500.0] * 10, per_s=10)), None)
    assert [each.per_s * each.phase.duration_s for each in found] == pytest.approx([0, 10, 0])
    assert [each.pictures for each in found] == [10, 0, 0]
    assert second.start_s == pytest.approx(3.0)


def test_the_clock_begins_with_the_earliest_that_fits_all() -> None:
    made = plan.profile_plan(Profile.RAMP, A, rate=10, duration_s=10, clients=4)
    records = [record for phase in made.phases for record in requests(phase, [1.0], per_s=1)]
    assert _start(made, records) == pytest.approx(START)


def interleaved_run(ours_ms: float, ours_per_s: float) -> Run:
    made = plan.interleaved_plan((A, B), rate=20, rounds=6, load_s=2, capacity_s=1, clients=8, workers=2)
    records: list[RequestRecord] = []
    for phase in made.phases:
        mine = phase.target is A
        noise = 3.0 if phase.round % 2 else 0.0  # a neighbour, in every second round
        if phase.kind is PhaseKind.LOAD:
            records += requests(phase, [(ours_ms if mine else 10.0) + noise] * 40, per_s=20)
        else:
            rate = ours_per_s if mine else 100.0
            records += requests(phase, [5.0] * int(rate * 0.99), per_s=rate)
    return run_of(made, records)


def test_a_comparison_finds_what_was_put_in() -> None:
    found = outcome.compare("a", "b", outcome.outcomes(interleaved_run(12.0, 90.0), None))
    assert found.p50_ms.value == pytest.approx(2.0)
    assert (found.p50_ms.low, found.p50_ms.high) == pytest.approx((2.0, 2.0))
    assert found.throughput.value == pytest.approx(0.9, abs=0.02)
    assert found.cpu_ratio is None
    said = found.sentence("the sandbox")
    assert said.startswith("the sandbox costs 1")
    assert "2.00 ms p50" in said
    assert said.endswith("at 20 rps")


def test_what_brought_no_picture_cannot_be_compared() -> None:
    run = interleaved_run(12.0, 90.0)
    without = [record for record in run.records if record.scenario != "load2_0"]
    with pytest.raises(ValueError, match="pairs"):
        outcome.compare("a", "b", outcome.outcomes(run_of(run.plan, without), None))


def test_a_ramp_is_saturated_where_pictures_stop_following() -> None:
    made = plan.profile_plan(Profile.RAMP, A, rate=100, duration_s=40, clients=8)
    records: list[RequestRecord] = []
    for phase in made.phases:
        done = min(phase.rate, 55.0)
        records += requests(phase, [1.0] * int(done * phase.duration_s), per_s=done)
    found = outcome.saturation(outcome.outcomes(run_of(made, records), None))
    assert found.kept_up_per_s == pytest.approx(50)
    assert found.peak_per_s == pytest.approx(55, rel=0.02)
    assert found.reached


def test_a_ramp_that_was_kept_up_with_says_that_there_is_more() -> None:
    made = plan.profile_plan(Profile.RAMP, A, rate=100, duration_s=40, clients=8)
    records = [
        record
        for phase in made.phases
        for record in requests(phase, [1.0] * round(phase.rate * phase.duration_s), per_s=phase.rate)
    ]
    found = outcome.saturation(outcome.outcomes(run_of(made, records), None))
    assert found.kept_up_per_s == pytest.approx(100)
    assert not found.reached


def test_a_dropped_arrival_is_not_kept_up_with() -> None:
    made = plan.profile_plan(Profile.RAMP, A, rate=100, duration_s=40, clients=8)
    records = [
        record
        for phase in made.phases
        for record in requests(phase, [1.0] * round(phase.rate * phase.duration_s), per_s=phase.rate)
    ]
    found = outcome.saturation(outcome.outcomes(run_of(made, records, {"load4": 1}), None))
    assert found.kept_up_per_s == pytest.approx(40)
    assert found.reached


def test_percentiles_with_and_without_the_library_agree() -> None:
    values = np.random.default_rng(5).exponential(20, 5000).tolist()
    found, exact = summarise(values), _sorted(values)
    assert found.count == 5000
    for share in SHARES:
        assert found.percentiles_ms[share] == pytest.approx(exact[share], rel=0.002)


def test_no_latencies_have_no_percentiles() -> None:
    assert summarise([]).percentiles_ms == {}


def test_a_tree_is_the_front_end_its_servers_and_their_workers() -> None:
    processes = {
        pid: Process(pid, parent, cpu_s, rss * MIB)
        for pid, parent, cpu_s, rss in [
            (10, 1, 1.0, 50),
            (11, 10, 2.0, 100),
            (12, 11, 0.5, 90),
            (13, 12, 0.25, 5),
            (99, 1, 9, 9),
        ]
    }
    found = usage(10, processes, 5.0)
    assert found == Usage(5.0, 3.75, 150 * MIB, 95 * MIB)
    assert usage(77, processes, 5.0) is None


def sampler(standing: Iterable[float]) -> Sampler:
    made = Sampler({"a": 1})
    made.seen["a"] = [Usage(START + at, float(at), int(mib * MIB), 0) for at, mib in enumerate(standing)]
    return made


def test_processor_time_is_read_between_two_looks() -> None:
    looked = sampler([100.0] * 10)
    assert looked.cpu_s("a", START + 1.5, START + 4.25) == pytest.approx(2.75)
    assert looked.cpu_s("nobody", START, START + 1) is None


def test_a_leak_is_seen_and_warming_up_is_none() -> None:
    leaking = outcome.growth(sampler([100 + at * 0.01 for at in range(500)]), "a")
    warming = outcome.growth(sampler([100.0] * 50 + [200.0] * 450), "a")
    assert leaking is not None
    assert leaking.bytes_per_hour == pytest.approx(36 * MIB, rel=0.01)
    assert warming is not None
    assert abs(warming.bytes_per_hour) < 0.01 * MIB
    assert outcome.growth(sampler([1.0] * 5), "a") is None
