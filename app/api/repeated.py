"""Options that are given twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable

from starlette.requests import Request

from app.problems import ProblemError


async def refuse_repeated(request: Request) -> None:
    """An option given twice has no meaning that both ends would agree on."""
    _refuse(request, frozenset())


def refuse_repeated_but(*names: str) -> Callable[[Request], Awaitable[None]]:
    """Likewise, but for options that are lists."""
    lists = frozenset(names)

    async def refuse(request: Request) -> None:
        _refuse(request, lists)

    return refuse


def _refuse(request: Request, lists: frozenset[str]) -> None:
    counts = Counter(name for name, _ in request.query_params.multi_items() if name not in lists)
    repeated = sorted(name[:60] for name, count in counts.items() if count > 1)
    if repeated:
        detail = f"{', '.join(repeated[:5])}: given more than once; give each option once."
        raise ProblemError("option-invalid", detail, extra={"field": repeated[0]})
