"""``renderserver policy``: the sandbox's policies, shown, explained, compared and written out for other enforcers."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.cli import policy_views
from app.cli.flags import fail, settings_or_exit
from app.cli.learn import learn
from sandbox.export import FORMATS
from sandbox.export.model import Export, Program
from sandbox.export.start import with_start
from sandbox.policy.difference import differences
from sandbox.policy.explain import UnknownCallError, explain, stages_of
from sandbox.policy.model import SandboxPolicy
from sandbox.policy.registry import RECIPES, Ingredients

NAMES = ("gpu", "gpu-sealed", "cpu-strict", "cpu-compute", "cpu-compare")

PolicyName = Annotated[str, typer.Argument(metavar="POLICY", help=f"One of {', '.join(NAMES)}.")]
Device = Annotated[
    list[str] | None, typer.Option("--device", metavar="PATH", help="A GPU's device node, for gpu; repeatable.")
]
NoJit = Annotated[bool, typer.Option("--no-jit", help="For gpu: the driver is no JIT, as on real hardware.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

policy = typer.Typer(
    name="policy",
    help="What workers may do, as data: show it, explain it, compare it, write it out for other enforcers.\n\n"
    "Policies: gpu (all layers; the filter a worker gets ready under), gpu-sealed (its second filter, stacked before "
    "the job comes), cpu-strict, cpu-compute, cpu-compare (what compares pictures).",
    no_args_is_help=True,
    rich_markup_mode=None,
)
policy.command()(learn)


def policy_or_exit(name: str, *, devices: list[str] | None = None, no_jit: bool = False) -> SandboxPolicy:
    """A policy by name, with the limits of the settings; a name that nobody has ends the program with status 2."""
    given = Ingredients(not no_jit, tuple(devices or ()), settings_or_exit().limits.file_bytes)
    found = {each.name: each for recipe in RECIPES.values() for each in stages_of(recipe(given))}
    if name not in found:
        fail(f"There is no policy {name!r}.", f"Take one of: {', '.join(NAMES)}.")
    return found[name]


@policy.command()
def show(name: PolicyName = "gpu", *, device: Device = None, no_jit: NoJit = False, as_json: AsJson = False) -> None:
    """Show all of a policy: layers, tree, limits, and each system call with the reason it is needed."""
    chosen = policy_or_exit(name, devices=device, no_jit=no_jit)
    if as_json:
        _print_json(asdict(chosen))
    else:
        policy_views.show(chosen, _console())


@policy.command("explain")
def explain_call(
    syscall: Annotated[str, typer.Argument(metavar="SYSCALL", help="A name (openat) or a number (257).")],
    name: Annotated[
        str | None, typer.Option("--policy", "-p", metavar="POLICY", help="Only this policy; default: all.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say why a system call is allowed, or what denies it, and which other layers stand in its way.

    Exit status: 0 explained, 2 no such system call or policy.
    """
    names = (name,) if name else ("gpu", "cpu-strict", "cpu-compute", "cpu-compare")
    try:
        found = [explain(syscall, policy_or_exit(each)) for each in names]
    except UnknownCallError as error:
        hint = f"Did you mean {' or '.join(error.similar)}?" if error.similar else "See syscalls(2)."
        fail(f"{str(error).capitalize()}.", hint)
    if as_json:
        _print_json([policy_views.plain(each) for each in found])
    else:
        policy_views.explain(found, _console())


@policy.command()
def diff(left: PolicyName, right: PolicyName, *, as_json: AsJson = False) -> None:
    """Compare two policies, call by call and setting by setting.

    Exit status: 0 equal, 1 they differ, 2 no such policy.
    """
    one, other = policy_or_exit(left), policy_or_exit(right)
    calls, settings = differences(one, other)
    if as_json:
        _print_json({"calls": [asdict(item) for item in calls], "settings": [asdict(item) for item in settings]})
    else:
        policy_views.diff((one, other), calls, settings, _console())
    if calls or settings:
        raise typer.Exit(1)


@policy.command()
def export(
    target: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")],
    name: Annotated[str, typer.Option("--policy", "-p", metavar="POLICY", help="Which policy.")] = "gpu",
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder for all files; default: print the main one.")
    ] = None,
    program: Annotated[
        list[str] | None, typer.Argument(metavar="[-- PROGRAM ARG...]", help="What is to run inside.")
    ] = None,
    start: Annotated[
        bool,
        typer.Option(
            "--with-start",
            help="Also allow what a launcher needs to start PROGRAM under the filter (execve). Without it the filter "
            "is exactly the native one, for a process that has been started.",
        ),
    ] = False,
    file: Annotated[
        list[str] | None, typer.Option("--file", metavar="PATH", help="Show it inside, read-only; repeatable.")
    ] = None,
    folder: Annotated[
        list[str] | None, typer.Option("--folder", metavar="FROM:TO", help="Show FROM as TO, read-only; repeatable.")
    ] = None,
    device: Device = None,
    no_jit: NoJit = False,
) -> None:
    """Write a policy out for another enforcer. What it cannot express stands in the file, and on standard error.

    nsjail: configuration with the filter in Kafel. bubblewrap: arguments as JSON, a script, and BPF. firejail: profile.
    oci: config.json for runc, crun. docker: seccomp profile for Docker and Podman. k8s: pod and SeccompProfile.
    apparmor: profile.
    """
    if target not in FORMATS:
        fail(f"There is no format {target!r}.", f"Take one of: {', '.join(FORMATS)}.")
    chosen = policy_or_exit(name, devices=device, no_jit=no_jit)
    if start:
        chosen = _started(chosen)
    argv = tuple(program or ("/usr/bin/true",))
    inside = Program(argv=argv, files=tuple(file or ()), folders=tuple(_pair(item) for item in folder or ()))
    _deliver(FORMATS[target](chosen, inside), out)


def _started(chosen: SandboxPolicy) -> SandboxPolicy:
    try:
        return with_start(chosen)
    except ValueError as error:
        fail(f"--with-start: {error}.")


def _pair(text: str) -> tuple[str, str]:
    source, _, target = text.partition(":")
    if not source.startswith("/") or not target.startswith("/"):
        fail(f"--folder {text!r}: two absolute paths are needed, as in /srv/fonts:/fonts.")
    return source, target


def _deliver(made: Export, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(made.files[0].content.decode())
        others = [each.name for each in made.files[1:]]
        if others:
            print(f"Not printed: {', '.join(others)} (--out FOLDER writes all files)", file=sys.stderr)
    else:
        _write(made, out)
    for gap in made.gaps:
        print(f"not expressed: {gap}", file=sys.stderr)


def _write(made: Export, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in made.files:
            (folder / each.name).write_bytes(each.content)
            print(folder / each.name)
    except OSError as error:
        fail(f"Cannot write to {folder}: {error.strerror}.", status=1)


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, default=sorted))  # the one thing JSON lacks is a set


def _console() -> Console:
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())
