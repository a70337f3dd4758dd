"""Counts for ``/metrics``, in Prometheus' text format (version 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.admission import Admission
from app.service.backend import Backend

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Everything since the start. Labels come from closed sets: paths, problem codes, names of system calls."""

    def __init__(self) -> None:
        self._renders: Counter[tuple[str, str]] = Counter()
        self._violations: Counter[str] = Counter()
        self._buckets: Counter[tuple[str, float]] = Counter()
        self._sum_s: Counter[str] = Counter()
        self._count: Counter[str] = Counter()

    def rendered(self, path: str, verdict: str, seconds: float) -> None:
        self._renders[path, verdict] += 1
        self._count[path] += 1
        self._sum_s[path] += seconds  # type: ignore[assignment]
        for bound in _BUCKETS_S:
            if seconds <= bound:
                self._buckets[path, bound] += 1

    def violated(self, syscall: str | None) -> None:
        self._violations[syscall or "unknown"] += 1

    def text(self, admission: Admission, backends: Sequence[Backend]) -> str:
        return "\n".join([*self._lines(), *_gauges(admission, backends), ""])

    def _lines(self) -> Iterator[str]:
        renders = (({"path": path, "verdict": verdict}, n) for (path, verdict), n in sorted(self._renders.items()))
        yield from _metric("renders_total", "counter", "Pictures asked for, by how they ended.", renders)
        violations = (({"syscall": name}, n) for name, n in sorted(self._violations.items()))
        yield from _metric("violations_total", "counter", "Workers the seccomp filter killed.", violations)
        text = "From the head of a request, or from the answer before it, to an answer."
        yield from _metric("render_seconds", "histogram", text, ())
        for path in sorted(self._count):
            yield from self._histogram(path)

    def _histogram(self, path: str) -> Iterator[str]:
        name = "renderserver_render_seconds"
        for bound in _BUCKETS_S:
            yield f'{name}_bucket{{path="{path}",le="{bound}"}} {self._buckets[path, bound]}'
        yield f'{name}_bucket{{path="{path}",le="+Inf"}} {self._count[path]}'
        yield f'{name}_sum{{path="{path}"}} {self._sum_s[path]:.6f}'
        yield f'{name}_count{{path="{path}"}} {self._count[path]}'


def _gauges(admission: Admission, backends: Sequence[Backend]) -> Iterator[str]:
    counts = {
        "running": sum(backend.slots.running for backend in backends),
        "waiting": sum(backend.slots.waiting for backend in backends),
        "uploading": admission.uploading,
    }
    yield from _metric("requests", "gauge", "Requests in each state.", (({"state": s}, n) for s, n in counts.items()))
    orders = (
        ({"backend": backend.name, "state": state}, getattr(backend.slots, state))
        for backend in backends
        for state in ("running", "waiting")
    )
    yield from _metric("orders", "gauge", "Orders of each backend in each state.", orders)
    yield from _metric("pending_bytes", "gauge", "Bytes of all bodies held.", [({}, admission.pending_bytes)])


def _metric(name: str, kind: str, text: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    name = f"renderserver_{name}"
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        inner = ",".join(f'{key}="{text}"' for key, text in labels.items())
        yield f"{name}{{{inner}}} {value}" if inner else f"{name} {value}"
