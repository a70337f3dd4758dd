"""What came of the trials, as lines and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.fresh.result import Outcome, Step

_HEAD = """# Fresh systems

Written by `./run test-fresh {arguments}`. Not edited by hand.

Does the README work on a system that has nothing? Each is debootstrap's `minbase`, entered by pivot_root under this
machine's kernel ({kernel}), with its network and its cgroups. The project ({state}) is copied into it, and what the
README says is typed, as root, with no terminal and no input. Seconds are counted from the return key after
`./run serve`, and include all downloads.
"""


def lines(outcome: Outcome) -> Iterator[str]:
    """For the terminal, after the steps themselves."""
    if outcome.skipped:
        yield f"SKIPPED {outcome.title}: {outcome.skipped}"
        return
    yield f"{'ok' if outcome.good else 'FAILED':<7} {outcome.title}: {outcome.release}, Python {outcome.python}"
    for remark in outcome.remarks:
        yield f"        {remark}"
    if outcome.sizes is not None:
        yield f"  {outcome.sizes}"


def page(found: Sequence[Outcome], *, arguments: str, kernel: str, state: str) -> str:
    """The Markdown page."""
    head = _HEAD.format(arguments=arguments, kernel=kernel, state=state)
    return "\n".join([head, *_overview(found), *(line for outcome in found for line in _section(outcome))])


def _overview(found: Sequence[Outcome]) -> Iterator[str]:
    names = list(dict.fromkeys(step.name for outcome in found for step in outcome.steps))
    yield f"| system | Python | {' | '.join(f'{name}, s' for name in names)} | bare, MB | added, MB |"
    yield f"|---|---|{'---|' * len(names)}---|---|"
    for outcome in found:
        steps = {step.name: step for step in outcome.steps}
        cells = [_cell(steps[name]) if name in steps else "" for name in names]
        sizes = outcome.sizes
        room = [f"{count / 1e6:.0f}" for count in (sizes.bare, sizes.added)] if sizes else ["", ""]
        yield f"| {' | '.join([outcome.title, outcome.python, *cells, *room])} |"
    yield ""


def _cell(step: Step) -> str:
    return f"**failed** ({step.seconds:.1f})" if step.wrong else f"{step.seconds:.1f}"


def _section(outcome: Outcome) -> Iterator[str]:
    yield f"## {outcome.title}"
    yield ""
    if outcome.skipped:
        yield f"Not tried: {outcome.skipped}"
        yield ""
        return
    yield from (f"{text}.  " for text in (outcome.release, *outcome.remarks, str(outcome.sizes or "")) if text)
    yield ""
    yield "| step | s | result |"
    yield "|---|---|---|"
    for step in outcome.steps:
        verdict = f"**{_flat(step.wrong)}**" if step.wrong else "as promised"
        yield f"| {step.name} | {step.seconds:.1f} | {'; '.join(filter(None, (verdict, _flat(step.note))))} |"
    yield ""
    for step in outcome.steps:
        if step.said:
            yield from (f"The end of what `{step.name}` said:", "", "```", step.said, "```", "")


def _flat(text: str) -> str:
    """In a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
