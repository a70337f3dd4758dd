"""What load is put on whom, and how much at most."""

from __future__ import annotations

from itertools import pairwise

import pytest

from benchmarks.load import plan
from benchmarks.load.plan import PhaseKind, PlanError, Profile
from benchmarks.load.target import Target

A, B = Target("a", "http://127.0.0.1:1"), Target("b", "http://127.0.0.1:2")


def interleaved(rounds: int = 4, targets: tuple[Target, ...] = (A, B)) -> plan.Plan:
    return plan.interleaved_plan(targets, rate=10, rounds=rounds, load_s=2, capacity_s=1, clients=8, workers=4)


@pytest.mark.parametrize("profile", Profile)
def test_a_profile_puts_its_load_on_without_a_pause_and_as_long_as_asked(profile: Profile) -> None:
    made = plan.profile_plan(profile, A, rate=50, duration_s=20, clients=8)
    assert made.duration_s == pytest.approx(20)
    assert all(one.end_s == pytest.approx(other.start_s) for one, other in pairwise(made.phases))
    assert max(phase.rate for phase in made.phases) == 50
    assert all(phase.kind is PhaseKind.LOAD for phase in made.phases)


def test_a_ramp_rises_and_a_spike_comes_back_down() -> None:
    ramp = [phase.rate for phase in plan.profile_plan(Profile.RAMP, A, rate=50, duration_s=20, clients=8).phases]
    spike = [phase.rate for phase in plan.profile_plan(Profile.SPIKE, A, rate=50, duration_s=20, clients=8).phases]
    assert ramp == sorted(ramp)
    assert len(ramp) == 10
    assert spike == [10, 50, 10]


def test_targets_take_turns_and_the_order_turns_round() -> None:
    loads = [phase for phase in interleaved().phases if phase.kind is PhaseKind.LOAD]
    assert "".join(phase.target.name for phase in loads) == "abbaabba"
    assert all(one.end_s < other.start_s for one, other in pairwise(interleaved().phases))
    assert len({phase.name for phase in interleaved().phases}) == len(interleaved().phases)


def test_each_round_has_every_target_once_of_each_kind() -> None:
    for kind in (PhaseKind.LOAD, PhaseKind.CAPACITY):
        for number in range(4):
            names = [p.target.name for p in interleaved().phases if p.round == number and p.kind is kind]
            assert sorted(names) == ["a", "b"]


@pytest.mark.parametrize("targets", [(A,), (A, A)])
def test_to_compare_takes_two_names(targets: tuple[Target, ...]) -> None:
    with pytest.raises(PlanError, match="two targets"):
        interleaved(targets=targets)


@pytest.mark.parametrize(
    ("rate", "duration_s", "clients", "option"),
    [
        (0, 1, 1, "--rate"),
        (-1, 1, 1, "--rate"),
        (float("nan"), 1, 1, "--rate"),
        (1, 0, 1, "--duration"),
        (1, 1, 0, "--clients"),
    ],
)
def test_no_load_at_all_is_refused(rate: float, duration_s: float, clients: int, option: str) -> None:
    with pytest.raises(PlanError, match=option):
        plan.profile_plan(Profile.STEADY, A, rate=rate, duration_s=duration_s, clients=clients)


@pytest.mark.parametrize(
    ("rate", "duration_s", "clients", "body_bytes", "option"),
    [
        (1, 3601, 1, 1, "--duration"),
        (1000, 1001, 1, 1, "--rate"),
        (5001, 1, 1, 1, "--rate"),
        (1, 1, 513, 1, "--clients"),
        (1, 1, 64, 1 << 25, "documents"),
    ],
)
def test_more_than_the_bounds_is_refused(
    rate: float, duration_s: float, clients: int, body_bytes: int, option: str
) -> None:
    made = plan.profile_plan(Profile.STEADY, A, rate=rate, duration_s=duration_s, clients=clients)
    with pytest.raises(PlanError, match=option):
        plan.check(made, body_bytes=body_bytes)


def test_what_is_within_all_bounds_passes_unchanged() -> None:
    made = interleaved()
    assert plan.check(made, body_bytes=1000) is made


def test_k6_gets_an_open_loop_for_load_and_a_closed_one_for_capacity() -> None:
    options = plan.k6_options(interleaved(rounds=2))
    scenarios = options["scenarios"]
    assert scenarios["load0_0"] == {
        "executor": "constant-arrival-rate",
        "exec": "render",
        "startTime": "0ms",
        "duration": "2000ms",
        "gracefulStop": "30s",
        "rate": 600,
        "timeUnit": "60s",
        "preAllocatedVUs": 8,
        "maxVUs": 8,
    }
    assert scenarios["capacity0_1"]["executor"] == "constant-vus"
    assert options["maxRedirects"] == 0
    assert {f"dropped_iterations{{scenario:{name}}}" for name in scenarios} == set(options["thresholds"])


def test_a_slow_rate_is_still_a_whole_number_for_k6() -> None:
    made = plan.profile_plan(Profile.STEADY, A, rate=0.001, duration_s=1, clients=1)
    assert plan.k6_options(made)["scenarios"]["load0"]["rate"] == 1
