"""What the client is told of a job whose worker will not run again."""

from __future__ import annotations

from sandbox.forkserver import verdict
from sandbox.forkserver.children import Exit
from sandbox.job import Job, Outcome, Verdict


def outcome_of(exit_: Exit, task: Job, ended_ns: int) -> Outcome:
    """What the client is told. A worker that was not locked as it should have been is refused, whatever it made."""
    child, refused = exit_.child, exit_.child.refusal
    death = verdict.judge(exit_.status, stopped_for=child.stopped_for, moment=child.moment, oom_killed=exit_.oom_killed)
    locked_ns, stage = child.progress.read()
    return Outcome(
        job_id=task.id,
        verdict=death.verdict if refused is None else Verdict.REFUSED,
        exit_status=death.exit_status,
        signal=death.signal,
        syscall=death.syscall,
        stage=stage,
        layers=child.layers,
        refused_layer=None if refused is None else refused.layer,
        detail=None if refused is None else str(refused),
        timings_ms=_timings_ms(child.started_ns, locked_ns, ended_ns),
    )


def _timings_ms(started_ns: int, locked_ns: int, ended_ns: int) -> dict[str, float]:
    """``lock``: from the job's dispatch to the lock; ``total``: to the worker's end. A worker can write what it likes
    into its page, so a time outside its life is left out."""
    timings = {"total": round((ended_ns - started_ns) / 1e6, 3)}
    if started_ns <= locked_ns <= ended_ns:
        timings["lock"] = round((locked_ns - started_ns) / 1e6, 3)
    return timings
