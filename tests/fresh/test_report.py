"""What came of the trials, as lines and as a page."""

from __future__ import annotations

from tests.fresh import report
from tests.fresh.result import Outcome, Sizes, Step

SIZES = Sizes(bare=200_000_000, packages=300_000_000, environment=500_000_000, caches=20_000_000)
GOOD = Outcome(
    "Debian 12",
    [Step("set-up", 61.04), Step("gpu", 70.0, note="by a|b")],
    SIZES,
    release="Debian GNU/Linux 12",
    python="3.11.2",
    remarks=["the packages are not verified"],
)
BAD = Outcome("Debian 13", [Step("set-up", 5.0, wrong="it ended\nwith status 1", said="E: no such package")])
SKIPPED = Outcome("Ubuntu 26.04", skipped="no mirror answers")


def page() -> str:
    return report.page(
        [GOOD, BAD, SKIPPED], arguments="--whole", kernel="Linux 6.1", state="abc, with 1 untracked file"
    )


def test_it_is_good_only_where_it_was_tried_and_nothing_is_wrong() -> None:
    assert [outcome.good for outcome in (GOOD, BAD, SKIPPED)] == [True, False, False]


def test_the_lines_say_how_it_went_and_what_to_be_careful_of() -> None:
    assert list(report.lines(GOOD)) == [
        "ok      Debian 12: Debian GNU/Linux 12, Python 3.11.2",
        "        the packages are not verified",
        "  bare 200 MB; added 820 MB: 300 MB packages of the system, 500 MB .venv, 20 MB caches",
    ]
    assert next(report.lines(BAD)).startswith("FAILED")
    assert list(report.lines(SKIPPED)) == ["SKIPPED Ubuntu 26.04: no mirror answers"]


def test_the_page_names_the_command_the_kernel_and_the_commit() -> None:
    head = page().partition("\n| ")[0]
    assert "`./run test-fresh --whole`" in head
    assert "Linux 6.1" in head
    assert "abc, with 1 untracked file" in head


def test_the_overview_has_a_row_for_each_system_with_a_cell_for_each_step() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| ")][:4]
    assert rows == [
        "| system | Python | set-up, s | gpu, s | bare, MB | added, MB |",
        "| Debian 12 | 3.11.2 | 61.0 | 70.0 | 200 | 820 |",
        "| Debian 13 |  | **failed** (5.0) |  |  |  |",
        "| Ubuntu 26.04 |  |  |  |  |  |",
    ]


def test_each_system_has_a_section_with_what_was_found() -> None:
    _, good, bad, skipped = page().split("\n## ")
    assert "the packages are not verified.  \n" in good
    assert "| gpu | 70.0 | as promised; by a\\|b |" in good
    assert "| set-up | 5.0 | **it ended with status 1** |" in bad
    assert "The end of what `set-up` said:\n\n```\nE: no such package\n```" in bad
    assert "Not tried: no mirror answers" in skipped


def test_a_page_of_nothing_but_what_was_not_tried_can_be_made() -> None:
    assert "Not tried: no mirror answers" in report.page([SKIPPED], arguments="", kernel="", state="")
