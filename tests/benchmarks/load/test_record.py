"""Reading what k6 wrote."""

from __future__ import annotations

import json

import pytest

from benchmarks.load.record import RecordError, read_records, read_totals, remarks

GOOD = '["load0",1764100000000,12.5,200,"",1,5120,"queue;dur=0.03, sandbox;dur=2.30, draw;dur=7.10"]'
BAD = '["load0",1764100000001,3.5,503,"queue-timeout",0,200,""]'
LOST = '["load0",1764100000002,0,0,"k6-1212",0,0,""]'


def test_a_request_is_read_with_its_stages() -> None:
    (record,) = read_records([GOOD])
    assert record.ok
    assert record.latency_ms == 12.5
    assert record.ended_ms == 1764100000012.5
    assert record.stages_ms == {"queue": 0.03, "sandbox": 2.3, "draw": 7.1}


def test_problems_and_lost_connections_have_a_code() -> None:
    found = list(read_records([BAD, LOST]))
    assert [(record.status, record.code, record.ok) for record in found] == [
        (503, "queue-timeout", False),
        (0, "k6-1212", False),
    ]


def test_k6s_own_remarks_are_no_requests() -> None:
    log = ["Insufficient VUs, reached 8 active VUs and cannot initialize more", GOOD, ""]
    assert len(list(read_records(log))) == 1
    assert remarks(log * 3) == [log[0]]


@pytest.mark.parametrize("line", ['["load0"', '["load0",1]', '["load0","x",1,200,"",0,0,""]', GOOD[:-20]])
def test_a_line_that_is_cut_is_an_error(line: str) -> None:
    with pytest.raises(RecordError, match="not a request"):
        list(read_records([line]))


def test_totals_come_by_scenario_and_what_never_happened_is_none() -> None:
    summary = {
        "iterations": {"type": "counter", "values": {"count": 12, "rate": 1.2}},
        "dropped_iterations": {"type": "counter", "values": {"count": 3}},
        "dropped_iterations{scenario:load1}": {"type": "counter", "values": {"count": 3}},
    }
    totals = read_totals(json.dumps(summary), ["load0", "load1"])
    assert totals.iterations == 12
    assert totals.dropped == {"load0": 0, "load1": 3}


@pytest.mark.parametrize("text", ["", "[]", '{"iterations": {}}', '{"iterations": {"values": {"count": "many"}}}'])
def test_what_is_no_summary_is_an_error(text: str) -> None:
    with pytest.raises(RecordError, match="summary"):
        read_totals(text, ["load0"])
