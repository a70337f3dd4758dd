"""``python -m deploy bundle | rootfs | up``: the deployment of docker-compose.yml without a Docker engine."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from deploy import bundle as oci
from deploy import compose, dockerfile, publish, rootfs, runtime
from deploy.exceptions import DeploymentError

_PROJECT = Path(__file__).resolve().parent.parent
_COMPOSE = _PROJECT / "docker-compose.yml"
_CACHE = _PROJECT / ".cache" / "rootfs"
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Compose = Annotated[Path, typer.Option("--compose", help="The compose file.", metavar="FILE")]
Rootfs = Annotated[
    Path | None, typer.Option("--rootfs", help="A root file system that is there already; default: the Dockerfile's.")
]


@app.command("rootfs")
def make_rootfs() -> None:
    """Run the Dockerfile's steps into a folder, and print its name. As root; needs debootstrap and the network."""
    print(rootfs.build(_PROJECT, _CACHE))


@app.command()
def bundle(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where config.json is written.")],
    file: Compose = _COMPOSE,
    root: Rootfs = None,
) -> None:
    """Write an OCI bundle's config.json, made from the compose file and the Dockerfile, and say what it leaves out."""
    service = compose.read(file)
    _write(folder, service, root or rootfs.build(_PROJECT, _CACHE), oci.Host.here())


@app.command()
def up(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the bundle and the runtime's state are kept.")],
    file: Compose = _COMPOSE,
    root: Rootfs = None,
    engine: Annotated[list[str] | None, typer.Option("--runtime", help="crun or runc; default: what is there.")] = None,
) -> None:
    """Start the service under an OCI runtime with its ports published, until SIGTERM or SIGINT. As root."""
    service = compose.read(file)
    found = runtime.find(folder.resolve() / "state", engine or runtime.NAMES)
    host = dataclasses.replace(oci.Host.here(), cgroups=found.cgroups)
    _write(folder, service, root or rootfs.build(_PROJECT, _CACHE), host)
    raise typer.Exit(_run(found, service, folder.resolve()))


def _write(folder: Path, service: compose.Service, root: Path, host: oci.Host) -> None:
    image = dockerfile.image(dockerfile.steps((service.build or _PROJECT) / "Dockerfile"))
    made = oci.config(service, image, str(root.resolve()), host)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    for note in (*compose.said(service), *oci.unsaid(service, image, host)):
        print(f"note: {note}", file=sys.stderr)


def _run(found: runtime.Runtime, service: compose.Service, folder: Path) -> int:
    """The container's exit status. The runtime hands signals on to it, and we hand ours to the runtime."""
    container, pid_file = f"{service.name}-{os.getpid()}", folder / "pid"
    pid_file.unlink(missing_ok=True)
    listeners = publish.listen(service.ports)
    command = found.command("run", "--bundle", str(folder), "--pid-file", str(pid_file), container)
    # Not the input that we have: crun gives it to the container's user, and it may be /dev/null.
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: process.send_signal(number))
    while process.poll() is None and not _has_text(pid_file):
        time.sleep(0.01)
    carrier = publish.carry(listeners, int(pid_file.read_text())) if process.poll() is None else None
    try:
        return process.wait()
    finally:
        if carrier is not None:
            os.kill(carrier, signal.SIGKILL)
            os.waitpid(carrier, 0)


def _has_text(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def main() -> None:
    try:
        app()
    except DeploymentError as error:
        sys.exit(f"deploy: {error}")


if __name__ == "__main__":
    main()
