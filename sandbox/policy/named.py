"""Every policy by its name."""

from __future__ import annotations

from typing import Final

from sandbox.policy.cpu import CPU_COMPARE, CPU_COMPUTE, CPU_STRICT
from sandbox.policy.gpu import GPU

NAMED: Final = {policy.name: policy for policy in (GPU, CPU_STRICT, CPU_COMPUTE, CPU_COMPARE)}
