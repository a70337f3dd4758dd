from __future__ import annotations

from benchmarks.sampling import FEWEST_ROUNDS, Effort, interleave


def test_every_candidate_runs_once_a_round_in_changing_order() -> None:
    ran: list[str] = []
    names = ("a", "b", "c")
    candidates = {name: (lambda name=name: ran.append(name)) for name in names}
    times = interleave(candidates, Effort(rounds=30, budget_s=60), warm_up=0)
    rounds = [tuple(ran[start : start + 3]) for start in range(0, 90, 3)]
    assert all(sorted(each) == list(names) for each in rounds)
    assert len(set(rounds)) == 6
    assert {name: len(values) for name, values in times.items()} == dict.fromkeys(names, 30)


def test_the_order_is_the_same_every_time() -> None:
    def order() -> list[str]:
        ran: list[str] = []
        candidates = {name: (lambda name=name: ran.append(name)) for name in "abcdef"}
        interleave(candidates, Effort(rounds=4, budget_s=60), warm_up=0)
        return ran

    assert order() == order()


def test_warming_up_is_not_counted_and_a_float_is_the_candidates_own_time() -> None:
    calls = []

    def measured() -> float:
        calls.append(1)
        return 12.5

    times = interleave({"own": measured}, Effort(rounds=5, budget_s=60), warm_up=2)
    assert times == {"own": [12.5] * 5}
    assert len(calls) == 7


def test_no_round_begins_after_the_budget_but_for_the_fewest() -> None:
    times = interleave({"a": lambda: 1.0, "b": lambda: 2.0}, Effort(rounds=1000, budget_s=0), warm_up=0)
    assert times == {"a": [1.0] * FEWEST_ROUNDS, "b": [2.0] * FEWEST_ROUNDS}
