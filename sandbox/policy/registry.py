"""Every policy by its name, each with the recipe that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from sandbox.policy.cpu import CPU_COMPARE, CPU_COMPUTE, CPU_STRICT
from sandbox.policy.gpu import gpu
from sandbox.policy.model import SandboxPolicy


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a policy depends on beside its name: what a rehearsal finds out about the driver. ``jit``: it compiles
    machine code; ``devices``: its nodes."""

    jit: bool = True
    devices: tuple[str, ...] = ()


Recipe: TypeAlias = Callable[[Ingredients], SandboxPolicy]

RECIPES: Final[dict[str, Recipe]] = {
    "cpu-strict": lambda _: CPU_STRICT,
    "cpu-compute": lambda _: CPU_COMPUTE,
    "cpu-compare": lambda _: CPU_COMPARE,
    "gpu": lambda given: gpu(jit=given.jit, devices=given.devices),
}


def make(name: str, given: Ingredients | None = None) -> SandboxPolicy:
    """The policy of that name. Raises KeyError where there is none."""
    return RECIPES[name](given or Ingredients())
