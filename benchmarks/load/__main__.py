"""``renderserver loadtest``: the command line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, NoReturn
from urllib.parse import parse_qsl, urlencode

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.flags import wrong_options
from app.options import RenderQuery
from app.settings import Settings
from benchmarks.console import wide_console
from benchmarks.load import session, show
from benchmarks.load.k6 import K6Error
from benchmarks.load.mix import MixError, built_in, from_folder
from benchmarks.load.plan import Plan, PlanError, Profile
from benchmarks.load.report import LoadReport
from benchmarks.load.server import ServerError
from benchmarks.load.session import LoadTestArguments, Variant
from benchmarks.load.target import TargetError, check_url
from renderer.formats import DEFAULT, ImageFormat

EXIT_USAGE, EXIT_FAILED = 2, 1
_PATHS = ("cpu", "gpu")

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command(no_args_is_help=False)
def loadtest(
    urls: Annotated[
        list[str] | None,
        typer.Argument(metavar="[URL...]", help="Running servers, as http://127.0.0.1:8000; several take turns."),
    ] = None,
    documents: Annotated[
        Path | None,
        typer.Option(help="Folder whose .json documents are sent in turn; default: three built-in ones.", exists=True),
    ] = None,
    profile: Annotated[
        Profile, typer.Option(help="steady; ramp (where does it give up); spike; soak (does memory grow).")
    ] = Profile.STEADY,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="Start servers on this machine and load them in turns: sandbox (with, without), paths (cpu, gpu), "
            "pool (on, off), or SETTING=VALUE,VALUE of `serve`, the last value the baseline. none: only URL. "
            "Default: sandbox for a steady profile on this machine, else none.",
        ),
    ] = None,
    path: Annotated[Literal["cpu", "gpu", "auto"], typer.Option(help="Render path to ask for.")] = "cpu",
    scale: Annotated[float, typer.Option(help="Device pixels per document pixel.", min=0.01, max=4)] = 1.0,
    format_: Annotated[ImageFormat, typer.Option("--format", help="What to ask for.")] = DEFAULT,
    rate: Annotated[
        float | None,
        typer.Option(help="Requests per second (ramp, spike: the highest); default: half of what the slowest can do."),
    ] = None,
    duration: Annotated[
        float | None, typer.Option(help="Seconds of load for one target; default 30, soak 600.")
    ] = None,
    rounds: Annotated[int, typer.Option(help="Turns of every target when comparing.", min=2, max=200)] = 8,
    turn: Annotated[float, typer.Option(help="Seconds of a turn under open load.", min=0.5, max=600)] = 5.0,
    limit_turn: Annotated[float, typer.Option(help="Seconds of a turn at the limit.", min=0.5, max=600)] = 4.0,
    clients: Annotated[
        int, typer.Option(help="Most requests in flight; more arrivals are dropped, and counted.", min=1)
    ] = 64,
    allow_remote: Annotated[
        str | None, typer.Option(metavar="HOST", help="The one host that is not this machine and may be loaded.")
    ] = None,
    as_json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write everything as JSON; - for standard output.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report with its plots as one page.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of --json, and end.")] = False,
) -> None:
    """Put load on a server, and say what it did: throughput, latencies, errors, queue, memory, where it gives up.

    Requests arrive at their own times, whether the server keeps up or not (k6's open loop). Only this machine is loaded
    unless --allow-remote names another; at most an hour and a million requests. To compare, what differs is loaded in
    turns, so that noise hits all alike.

    Exit status: 0 measured, 1 a server or k6 failed, 2 wrong usage.
    """
    if schema:
        print(json.dumps(TypeAdapter(LoadReport).json_schema(), indent=2))
        return
    console = wide_console(to_stderr=as_json is not None and str(as_json) == "-")
    try:
        checked = tuple(check_url(url, allow_remote=allow_remote) for url in urls or ())
        query = urlencode({"path": path, "scale": f"{scale:g}", "format": format_.value})
        what = compare or (
            "sandbox" if profile is Profile.STEADY and allow_remote is None and len(checked) < 2 else "none"
        )
        subject, variants = variants_of(what, path, query, running=len(checked))
        for asked in (query, *(variant.query for variant in variants)):
            _check_query(asked)
        order = LoadTestArguments(
            urls=checked,
            variants=variants,
            documents=built_in() if documents is None else from_folder(documents),
            query=query,
            profile=profile,
            subject=subject,
            rate=rate,
            duration_s=duration if duration is not None else 600 if profile is Profile.SOAK else 30,
            rounds=rounds,
            load_s=turn,
            capacity_s=limit_turn,
            clients=clients,
            workers=2 * len(os.sched_getaffinity(0)),
        )
        result = _run(order, console)
    except (TargetError, PlanError, MixError) as error:
        _fail(error, EXIT_USAGE)
    except (ServerError, K6Error) as error:
        _fail(error, EXIT_FAILED)
    show.show(result.report, console)
    _write(as_json, json.dumps(TypeAdapter(LoadReport).dump_python(result.report, mode="json"), indent=2) + "\n")
    _write(html, show.as_page(result.report, result.run, result.sampler))


def variants_of(what: str, path: str, query: str, *, running: int) -> tuple[str, tuple[Variant, ...]]:
    """What to start, and what the finding is about; beside a server that runs already only the twin without a sandbox.
    Raises PlanError."""
    only = {} if path == "auto" else {"paths": path}
    if what == "none":
        if not running:
            raise PlanError("there is nothing to load: give a URL, or --compare something")
        return "", ()
    if what == "sandbox":
        ours, bare = Variant("sandbox", only, query), Variant("no sandbox", {**only, _NO_SANDBOX: "true"}, query)
        return "the sandbox", (bare,) if running else (ours, bare)
    if what == "paths":
        return "the GPU path", tuple(
            Variant(f"{name} path", {"paths": name}, query.replace(f"path={path}", f"path={name}"))
            for name in reversed(_PATHS)
        )
    if what == "pool":
        return "no pool", (Variant("no pool", {**only, "pool": "0"}, query), Variant("pool", only, query))
    return "", _of_setting(what, only, query)


def _check_query(query: str) -> None:
    """Raises PlanError for options that every server would refuse."""
    try:
        RenderQuery.model_validate(dict(parse_qsl(query)))
    except ValidationError as error:
        raise PlanError("; ".join(wrong_options(error))) from None


_NO_SANDBOX = "unsafe_no_sandbox_for_measuring"


def _of_setting(what: str, only: dict[str, str], query: str) -> tuple[Variant, ...]:
    name, equals, values = what.partition("=")
    name = name.replace("-", "_").lower()
    each = [value.strip() for value in values.split(",") if value.strip()]
    if not equals or name not in Settings.model_fields or name in ("host", "port") or len(set(each)) < 2:
        raise PlanError(
            f"--compare {what}: take none, sandbox, paths, pool, or a setting of `serve` with two values or more, as "
            "level=compute,strict"
        )
    return tuple(Variant(f"{name} {value}", {**only, name: value}, query) for value in dict.fromkeys(each))


def _run(order: LoadTestArguments, console: Console) -> session.LoadTestResult:
    def tell(text: str) -> None:
        console.print(text, style="dim")

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def watch(load: Plan) -> Callable[[float], None]:
            task = progress.add_task("load", total=load.duration_s)
            return lambda elapsed: progress.update(task, completed=elapsed)

        return session.hold(order, tell=tell, watch=watch)


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    if str(path) == "-":
        sys.stdout.write(text)
        return
    try:
        path.write_text(text)
    except OSError as error:
        _fail(f"cannot write {path}: {error.strerror}", EXIT_FAILED)


def _fail(why: object, status: int) -> NoReturn:
    print(why, file=sys.stderr)
    raise typer.Exit(status)


if __name__ == "__main__":
    app(prog_name="renderserver loadtest")
