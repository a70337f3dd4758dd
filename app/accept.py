"""Which of the media types there are a client would rather have (RFC 9110, 12.5.1): the only reader of ``Accept``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app.problems import ProblemError

# RFC 9110, 12.4.2: at most three digits, nothing above 1.
_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")
_ANYTHING = {"*/*": 1.0}
VARY = {"Vary": "Accept"}
"""Says that the answer would have been another one with another ``Accept``."""


def chosen(fields: Sequence[str], offers: Sequence[str]) -> str:
    """The offer with the highest weight, of equals the earlier one. ``fields``: every ``Accept`` line of the request;
    with none of them, or nothing in them, anything will do.

    Raises ProblemError ``not-acceptable`` where the client excludes all there is.
    """
    found = best(fields, offers)
    if found is None:
        raise _not_acceptable(offers)
    return found


def best(fields: Sequence[str], offers: Sequence[str]) -> str | None:
    """Likewise; None where the client excludes all there is."""
    ranges = dict(_ranges(",".join(fields))) or _ANYTHING
    found = max(offers, key=lambda offer: _weight(offer, ranges))
    return found if _weight(found, ranges) else None


def named(fields: Sequence[str], offers: Sequence[str]) -> str | None:
    """The best of those that the client names in full, and not by a wildcard; None where it names none."""
    ranges = dict(_ranges(",".join(fields)))
    weights = {offer: ranges[offer] for offer in offers if ranges.get(offer)}
    return max(weights, key=lambda offer: weights[offer], default=None)


def _ranges(field: str) -> Iterator[tuple[str, float]]:
    """Each media range and its weight, 0 for one that cannot be read. Other parameters tell nothing apart here."""
    for item in field.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        if name:
            yield name, _quality(parameters)


def _quality(parameters: Sequence[str]) -> float:
    given = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
    return float(given) if _WEIGHT.fullmatch(given) else 0.0


def _weight(offer: str, ranges: Mapping[str, float]) -> float:
    """By the most specific range that has it."""
    wildcards = (offer, f"{offer.partition('/')[0]}/*", "*/*")
    return next((ranges[name] for name in wildcards if name in ranges), 0.0)


def _not_acceptable(offers: Sequence[str]) -> ProblemError:
    detail = f"The answer can be {' or '.join(offers)}, and `Accept` takes none of them. Name one, or leave it out."
    return ProblemError("not-acceptable", detail, VARY, {"field": "Accept"})
