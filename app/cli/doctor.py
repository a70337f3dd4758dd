"""``renderserver doctor``: what this host can give, what is really in force, and how to get what is missing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app import logging
from app.cli.audit import audit_file, show_inside
from app.cli.flags import settings_or_exit
from app.cli.launchers import show_launchers
from app.dispatch import RenderPath, Renders, configure
from app.host import HostFinding, Level, examine
from app.settings import Settings
from sandbox.policy.model import waive

_MARKS = {Level.OK: "ok", Level.NOTE: "note", Level.MISSING: "MISSING", Level.DANGER: "DANGER"}
_COLOURS = {Level.OK: "green", Level.NOTE: "yellow", Level.MISSING: "red", Level.DANGER: "bold red"}


def doctor(
    *,
    compose: Annotated[
        Path | None, typer.Option(help="Audit this docker-compose file for foot-guns instead.", metavar="FILE")
    ] = None,
    k8s: Annotated[
        Path | None, typer.Option(help="Audit this Kubernetes manifest for foot-guns instead.", metavar="FILE")
    ] = None,
    inside: Annotated[
        bool,
        typer.Option("--inside", help="Say what this very process is in, and which system calls reach the kernel."),
    ] = False,
    launchers: Annotated[
        bool, typer.Option("--launchers", help="With --inside: a worker of each launcher, side by side.")
    ] = False,
) -> None:
    """Examine the host, then start both render paths for real and say which layers the kernel reports in force.

    Exit status: 0 both paths are ready with every layer (an audited file has no foot-gun), 1 something is missing or
    dangerous, 2 the settings or the file cannot be used.
    """
    if compose is not None or k8s is not None:
        raise typer.Exit(max(audit_file(path, kind) for path, kind in ((compose, "compose"), (k8s, "k8s")) if path))
    if inside and launchers:
        logging.silence()
        show_launchers(settings_or_exit())
        return
    if inside:
        show_inside()
        return
    settings = settings_or_exit()
    logging.silence()
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    findings = examine(settings)
    _show("This host", findings, console)
    paths = asyncio.run(_try(settings))
    in_force = [finding for path in paths for finding in judge(path, settings)]
    _show("In force (each path was started, and read back from the kernel)", in_force, console)
    if any(finding.level in (Level.MISSING, Level.DANGER) for finding in (*findings, *in_force)):
        raise typer.Exit(1)


async def _try(settings: Settings) -> list[RenderPath]:
    renders = Renders(settings)
    await renders.start()
    await renders.stop()
    return list(renders.paths.values())


def judge(path: RenderPath, settings: Settings) -> list[HostFinding]:
    """What starting the path has shown, layer by layer."""
    if path.refused is not None:
        error = path.refused
        return [HostFinding(f"{path.name} path", Level.MISSING, f"{error.layer}: {error.detail}", error.hint)]
    if settings.unsafe_no_sandbox_for_measuring:
        return [
            HostFinding(
                f"{path.name} path", Level.DANGER, "runs with NO sandbox", "unset the variable whose name says so"
            )
        ]
    found = [HostFinding(f"{path.name} path", Level.OK, ", ".join(path.server.layers))]
    policy = configure(settings, path.name).policy_on(path.server.device)
    missing = sorted(set(policy.layers) - set(path.server.layers) - _either(path.server.layers))
    waived = waive(policy, settings.waive)
    found += [
        HostFinding(
            f"{path.name} path", Level.NOTE if waived.waives(layer) else Level.MISSING, f"{layer} is not in force"
        )
        for layer in missing
    ]
    return found + _device(path.name, path.server.device)


def _either(layers: tuple[str, ...]) -> set[str]:
    """A cgroup of either version is the cgroup layer."""
    return {"cgroup", "cgroup-v1", "cgroup-v2"} if any(layer.startswith("cgroup-v") for layer in layers) else set()


def _device(path: str, device: Mapping[str, object]) -> list[HostFinding]:
    if "name" not in device:
        return []
    kind = "software, no graphics hardware" if device.get("software") else "hardware"
    level = Level.NOTE if device.get("software") else Level.OK
    return [HostFinding(f"{path} device", level, f"{device['name']} ({kind}; {device.get('api', '')})")]


def _show(title: str, findings: list[HostFinding], console: Console) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False, box=None, pad_edge=False)
    for finding in findings:
        table.add_row(Text(_MARKS[finding.level], _COLOURS[finding.level]), finding.subject, Text(finding.detail))
        if finding.hint:
            table.add_row("", "", Text(f"-> {finding.hint}", "dim"))
    console.print(table)
    console.print()
