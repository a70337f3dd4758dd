"""Why the server does not start: what undoes its sandbox from around it."""

from __future__ import annotations

from app.cli.flags import fail
from app.footguns.facts import gather
from app.host import refusals
from app.settings import PREFIX, Settings


def refuse_foot_guns(settings: Settings) -> None:
    """Fail closed: what undoes the sandbox from around it is named, with what to change and how to start regardless."""
    found = refusals(gather(), settings)
    if not found:
        return
    names = ",".join(sorted(settings.waive_footguns | {item.name for item in found}))
    fail(
        "Not starting: this deployment makes an escape worth more than it has to be.",
        *(f"  {item.name}: {item.detail}\n    -> {item.hint}" for item in found),
        f"To start in spite of that: {PREFIX}WAIVE_FOOTGUNS={names} (`renderserver doctor` says more).",
        status=1,
    )
