"""``renderserver bench``: the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import TypeAdapter
from rich.console import Console

from benchmarks import report, show
from benchmarks.console import wide_console
from benchmarks.goals import goals
from benchmarks.machine import describe
from benchmarks.report import BenchReport, Section
from benchmarks.sampling import Effort, collect_alone

EXIT_USAGE, EXIT_FAILED = 2, 1

# Name -> module, title, baseline. A module has ``collect(effort)`` and is run in a process of its own.
SECTIONS: Final = {
    "cpu-start": ("cpu_start", "CPU path: fork → locked, step by step, and whole lives", "bare fork"),
    "gpu-start": ("gpu_start", "GPU path: fork → all layers, one by one, and whole lives (no GL)", "bare clone"),
    "cgroups": ("cgroup_attach", "Control groups: cold and pooled", "bare clone"),
    "launchers": ("launchers", "A static true through other launchers", "our worker, cold, all layers but a cgroup"),
    "launched": (
        "launched",
        "The real GPU worker through other launchers",
        "native: picture of a cold worker",
    ),
    "steady": ("steady", "One render, locked and not, in turns", "not locked"),
    "render": ("render_cost", "One render of a 63-node screen, without HTTP", "cpu: no sandbox"),
    "processor": ("processor", "Processor time of one render of a 49-node screen", "cpu: no sandbox"),
    "orders": ("orders", "Twenty pictures of one document of 1,000 nodes", "no sandbox: opened once"),
    "stages": ("stages", "The renderer's stages, without sandbox and server", "screen: draw pixels"),
    "scaling": ("scaling", "How cost grows", ""),
    "png": ("png", "PNG, 1024 × 1024 RGBA", "NumPy rows + ISA-L (ours)"),
}

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SECTION...]", help=f"Of {', '.join(SECTIONS)}; default: all of them."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of the time, and wider intervals.")] = False,
    rounds: Annotated[int | None, typer.Option(help="Most rounds of a section.", min=5, max=100_000)] = None,
    budget: Annotated[float | None, typer.Option(help="Seconds for a section.", min=1, max=3600)] = None,
    as_json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write everything as JSON; - for standard output.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with plots.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of --json, and end.")] = False,
) -> None:
    """Measure what the sandbox costs: its start layer by layer, cold and pre-warmed, on both paths; other launchers;
    the lock's share of a render; how cost grows. Held against the figures of the design.

    Candidates take turns in an order of their own every round, so that noise hits all alike; intervals are from a
    bootstrap. Run it on a machine that has nothing else to do.

    Exit status: 0 measured (whatever the figures are), 1 a section failed, 2 wrong usage.
    """
    if schema:
        print(json.dumps(TypeAdapter(BenchReport).json_schema(), indent=2))
        return
    unknown = sorted(set(names or ()) - set(SECTIONS))
    if unknown:
        print(f"no section is called {', '.join(unknown)}; there are {', '.join(SECTIONS)}", file=sys.stderr)
        raise typer.Exit(EXIT_USAGE)
    effort = Effort(rounds or (40 if quick else 400), budget or (6.0 if quick else 60.0), quick)
    console = wide_console(to_stderr=as_json is not None and str(as_json) == "-")
    machine = describe()
    measured = [_measure(name, effort, console) for name in names or SECTIONS]
    sections = {each.name: each for each in measured if each is not None}
    made = BenchReport(machine, quick, tuple(sections.values()), goals(sections))
    show.show_goals(made, console)
    _write(as_json, json.dumps(TypeAdapter(BenchReport).dump_python(made, mode="json"), indent=2) + "\n")
    _write(html, show.as_page(made))
    if len(sections) < len(measured):
        raise typer.Exit(EXIT_FAILED)


def _measure(name: str, effort: Effort, console: Console) -> Section | None:
    """None when it failed; why is on standard error by then, and the others go on."""
    module, title, baseline = SECTIONS[name]
    try:
        collected = collect_alone(f"benchmarks.{module}", effort)
    except subprocess.CalledProcessError as error:
        print(f"the section {name} failed (status {error.returncode})", file=sys.stderr)
        return None
    section = report.section(name, title, baseline, collected)
    show.show_section(section, console)
    return section


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    if str(path) == "-":
        sys.stdout.write(text)
        return
    try:
        path.write_text(text)
    except OSError as error:
        print(f"cannot write {path}: {error.strerror}", file=sys.stderr)
        raise typer.Exit(EXIT_FAILED) from None


if __name__ == "__main__":
    app(prog_name="renderserver bench")
