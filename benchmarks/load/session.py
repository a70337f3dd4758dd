"""One load test from beginning to end: servers up, documents tried, capacity found, load put on, figures made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.load import k6, outcome, plan, processes, server
from benchmarks.load.plan import PhaseKind, Plan, PlanError, Profile
from benchmarks.load.report import LoadReport, TargetFacts, step
from benchmarks.load.target import Target, is_local
from benchmarks.machine import Machine, describe

_PROBE_S: Final = 6.0
_SHARE_OF_CAPACITY: Final = 0.5
_ENOUGH_FOR_P99: Final = 500
_MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Variant:
    """A server to start: a name, and what differs in its settings and in the options of its renders."""

    name: str
    settings: Mapping[str, str]
    query: str


@dataclass(frozen=True, slots=True)
class LoadTestArguments:
    """What the command line asks for. ``urls``: servers that run already; ``variants``: those to start; the last of all
    is the baseline. ``subject``: what the finding is about. ``rate`` None: half of what the slowest can do."""

    urls: tuple[str, ...]
    variants: tuple[Variant, ...]
    documents: Mapping[str, bytes]
    query: str
    profile: Profile
    subject: str
    rate: float | None
    duration_s: float
    rounds: int
    load_s: float
    capacity_s: float
    clients: int
    workers: int


@dataclass(frozen=True, slots=True)
class LoadTestResult:
    report: LoadReport
    run: k6.Run
    sampler: processes.Sampler


Tell = Callable[[str], None]
Watch = Callable[[Plan], Callable[[float], None]]


def hold(order: LoadTestArguments, *, tell: Tell, watch: Watch) -> LoadTestResult:
    """Raises PlanError, TargetError, ServerError, K6Error."""
    if order.profile is not Profile.STEADY and len(order.urls) + len(order.variants) > 1:
        raise PlanError(f"--profile {order.profile} takes one target; add --compare none")
    with targets_of(order, tell) as targets:
        facts = [_facts(order, target) for target in targets]
        machine = describe()
        for target in targets:
            if target.pid is not None:
                tell(f"waiting until {target.name} has nothing left to prepare")
                server.wait_until_quiet(target.pid)
        order = replace(order, rate=order.rate or _half_of_capacity(order, targets, tell))
        load = _checked(order, _load_plan(order, targets))
        tell(f"{load.duration_s:.0f} s of load, {order.rate:.3g} requests per second")
        roots = {target.name: target.pid for target in targets if target.pid is not None}
        with processes.Sampler(roots) as sampler:
            run = k6.run(load, list(order.documents.values()), tick=watch(load))
        return LoadTestResult(_report(order, facts, run, sampler, machine), run, sampler)


@contextmanager
def targets_of(order: LoadTestArguments, tell: Tell) -> Iterator[list[Target]]:
    """The running servers, then those that are started; all of them are stopped again."""
    with ExitStack() as stack:
        found = []
        for url in order.urls:
            server.readiness(url)
            name = "server" if len(order.urls) == 1 else url
            found.append(Target(name, url, order.query, processes.listening_on(url) if is_local(url) else None))
        for variant in order.variants:
            tell(f"starting a server: {variant.name}")
            found.append(stack.enter_context(server.own_server(variant.name, variant.settings, variant.query)))
        yield found


def _facts(order: LoadTestArguments, target: Target) -> TargetFacts:
    layers = server.try_out(target, order.documents)
    return TargetFacts(target.name, target.url, target.query, layers, target.url not in order.urls)


def _checked(order: LoadTestArguments, load: Plan) -> Plan:
    return plan.check(load, body_bytes=sum(map(len, order.documents.values())))


def _half_of_capacity(order: LoadTestArguments, targets: Sequence[Target], tell: Tell) -> float:
    """Pictures per second that leave even the slowest target half idle."""
    tell("finding out what each can do")
    probe = _checked(order, plan.capacity_plan(targets, seconds=_PROBE_S, workers=order.workers))
    run = k6.run(probe, list(order.documents.values()))
    slowest = min(each.per_s for each in outcome.outcomes(run, None))
    if slowest <= 0:
        raise PlanError("a server finished no picture in three seconds: give a --rate, or smaller documents")
    return slowest * (_SHARE_OF_CAPACITY if order.profile is not Profile.RAMP else 1.5)


def _load_plan(order: LoadTestArguments, targets: Sequence[Target]) -> Plan:
    rate = order.rate or 0.0
    if len(targets) == 1:
        return plan.profile_plan(
            order.profile, targets[0], rate=rate, duration_s=order.duration_s, clients=order.clients
        )
    return plan.interleaved_plan(
        targets,
        rate=rate,
        rounds=order.rounds,
        load_s=order.load_s,
        capacity_s=order.capacity_s,
        clients=order.clients,
        workers=order.workers,
    )


def _report(
    order: LoadTestArguments, facts: Sequence[TargetFacts], run: k6.Run, sampler: processes.Sampler, machine: Machine
) -> LoadReport:
    phases = outcome.outcomes(run, sampler)
    kinds = dict.fromkeys((each.phase.target.name, each.phase.kind) for each in phases)
    results = tuple(outcome.of_target(name, kind, phases) for name, kind in kinds)
    names = list(dict.fromkeys(name for name, _ in kinds))
    comparisons = tuple(outcome.compare(name, names[-1], phases) for name in names[:-1])
    ramp = outcome.saturation(phases) if order.profile is Profile.RAMP else None
    grown = {name: outcome.growth(sampler, name) for name in sampler.roots} if order.profile is Profile.SOAK else {}
    memory = {name: each for name, each in grown.items() if each is not None}
    return LoadReport(
        machine=machine,
        profile=order.profile.value,
        documents={name: len(body) for name, body in order.documents.items()},
        targets=tuple(facts),
        results=results,
        comparisons=comparisons,
        saturation=ramp,
        memory=memory,
        steps=tuple(map(step, phases)),
        findings=tuple(_findings(order, results, comparisons, ramp, memory)),
        remarks=(*(f"k6: {remark}" for remark in run.remarks), *_doubts(results)),
    )


def _doubts(results: Sequence[outcome.TargetOutcome]) -> Iterator[str]:
    """A p99 of fewer requests is one or two of them."""
    few = min((each.requests for each in results if each.kind is PhaseKind.LOAD), default=0)
    if few < _ENOUGH_FOR_P99:
        yield f"{few} requests under open load are few for a p99: raise --rounds, --turn, --duration or --rate"


def _findings(
    order: LoadTestArguments,
    results: Sequence[outcome.TargetOutcome],
    comparisons: Sequence[outcome.AgainstBaseline],
    ramp: outcome.Saturation | None,
    memory: Mapping[str, outcome.Growth],
) -> Iterator[str]:
    for each in comparisons:
        many = len(comparisons) > 1 or order.subject == ""
        yield each.sentence(f"{each.name} against {each.baseline}" if many else order.subject)
    if ramp is not None:
        kept = "not even the lowest rate" if ramp.kept_up_per_s is None else f"{ramp.kept_up_per_s:.3g} rps"
        more = "" if ramp.reached else "; the ramp did not reach its limit (raise --rate)"
        yield f"it keeps up with {kept} and never finished more than {ramp.peak_per_s:.3g} pictures per second{more}"
    for name, grown in memory.items():
        yield (
            f"{name}: {grown.first_bytes / _MIB:.0f} MiB resident at first, {grown.last_bytes / _MIB:.0f} at the end "
            f"({grown.bytes_per_hour / _MIB:+.1f} MiB an hour), at most {grown.peak_bytes / _MIB:.0f} with its workers"
        )
    if not comparisons and ramp is None:
        one = next(each for each in results if each.kind is PhaseKind.LOAD)
        p50, p99 = (one.latency.percentiles_ms.get(share, float("nan")) for share in (0.5, 0.99))
        failed = sum(one.errors.values())
        yield (
            f"{one.per_s:.3g} of {one.offered_per_s:.3g} rps done, p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
            f"{failed} errors, {one.dropped} dropped"
        )
