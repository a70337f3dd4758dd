"""A Dockerfile: its steps in order, and the configuration of the image that they make (Dockerfile reference).

Only what ours uses: FROM RUN WORKDIR COPY USER ENV EXPOSE HEALTHCHECK STOPSIGNAL ENTRYPOINT CMD; one stage, no
variables.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from deploy.exceptions import DeploymentError

PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KNOWN: Final = frozenset(
    ("FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD")
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. ``argument``: the rest, lines joined; ``line`` counts from 1."""

    line: int
    instruction: str
    argument: str


@dataclass(frozen=True, slots=True)
class Image:
    """What a container inherits from its image."""

    workdir: str = "/"
    user: str = "0:0"
    environment: Mapping[str, str] = field(default_factory=lambda: {"PATH": PATH})
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    stop_signal: str = "SIGTERM"
    health_check: bool = False


def steps(dockerfile: Path) -> list[Instruction]:
    """Raises DeploymentError for an instruction that is not known here."""
    found = list(_steps(dockerfile.read_text(encoding="utf-8")))
    for step in found:
        if step.instruction not in _KNOWN:
            raise DeploymentError(f"{dockerfile.name}:{step.line}: {step.instruction} is not known here")
    if not found or found[0].instruction != "FROM" or sum(step.instruction == "FROM" for step in found) > 1:
        raise DeploymentError(f"{dockerfile.name} is not one stage that begins with FROM")
    return found


def _steps(text: str) -> Iterator[Instruction]:
    gathered, first = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        first = first or number
        gathered += line.strip().removesuffix("\\")
        if line.rstrip().endswith("\\"):
            continue
        instruction, _, argument = gathered.partition(" ")
        yield Instruction(first, instruction.upper(), argument.strip())
        gathered, first = "", 0


def image(found: list[Instruction]) -> Image:
    """What the steps that make no file say of the image."""
    made = Image()
    for step in found:
        made = _apply(made, step)
    return made


def _apply(made: Image, step: Instruction) -> Image:
    change = _CHANGES.get(step.instruction)
    return replace(made, **change(made, step)) if change else made


def _environment(made: Image, step: Instruction) -> dict[str, Any]:
    pairs = (word.partition("=")[::2] for word in shlex.split(step.argument))
    return {"environment": {**made.environment, **dict(pairs)}}


def _words(step: Instruction) -> tuple[str, ...]:
    """The exec form, or else the shell's."""
    if step.argument.startswith("["):
        return tuple(str(word) for word in json.loads(step.argument))
    return ("/bin/sh", "-c", step.argument)


_CHANGES: Final[Mapping[str, Callable[[Image, Instruction], dict[str, Any]]]] = {
    "WORKDIR": lambda _, step: {"workdir": step.argument},
    "USER": lambda _, step: {"user": step.argument},
    "ENV": _environment,
    "ENTRYPOINT": lambda _, step: {"entrypoint": _words(step), "command": ()},
    "CMD": lambda _, step: {"command": _words(step)},
    "HEALTHCHECK": lambda *_: {"health_check": True},
    "STOPSIGNAL": lambda _, step: {"stop_signal": step.argument},
}
"""The fields of the image that an instruction sets."""


def ignored(dockerignore: Path) -> re.Pattern[str]:
    """A pattern for paths, relative to the folder, that ``COPY`` leaves out: those of ``**/NAME`` lines. What the other
    lines leave out or let in is of no matter to us, as every COPY names what it takes."""
    lines = dockerignore.read_text(encoding="utf-8").split() if dockerignore.is_file() else []
    names = [re.escape(line.removeprefix("**/")) for line in lines if line.startswith("**/")]
    return re.compile(rf"(^|.*/)({'|'.join(names)})(/|$)" if names else r"(?!)")
