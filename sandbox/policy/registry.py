"""Every policy by its name, each with the recipe that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from sandbox.job import Limits
from sandbox.policy.cpu import CPU_COMPARE, CPU_COMPUTE, CPU_STRICT
from sandbox.policy.gpu import gpu
from sandbox.policy.model import SandboxPolicy


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a policy depends on beside its name. ``jit``: the driver compiles machine code; ``devices``: its nodes, as a
    rehearsal finds them; ``file_bytes``: what a worker may write into one file, whatever the limits of its job."""

    jit: bool = True
    devices: tuple[str, ...] = ()
    file_bytes: int = Limits().file_bytes


Recipe: TypeAlias = Callable[[Ingredients], SandboxPolicy]

RECIPES: Final[dict[str, Recipe]] = {
    "cpu-strict": lambda _: CPU_STRICT,
    "cpu-compute": lambda _: CPU_COMPUTE,
    "cpu-compare": lambda _: CPU_COMPARE,
    "gpu": lambda given: gpu(jit=given.jit, devices=given.devices, file_bytes=given.file_bytes),
}


def make(name: str, given: Ingredients | None = None) -> SandboxPolicy:
    """The policy of that name. Raises KeyError where there is none."""
    return RECIPES[name](given or Ingredients())
