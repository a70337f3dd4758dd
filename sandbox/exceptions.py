"""Everything the sandbox can refuse with.

SandboxError                 a layer is not there: names the layer, says what failed and what to do about it
├── LayerUnavailableError    this host cannot give the layer (no user namespaces, cgroup not delegated, old kernel)
├── LayerFailedError         the kernel has the mechanism, and applying it failed
└── LayerNotInForceError     applied, but what was read back from the kernel says otherwise

SyscallError                 an OSError: one system call failed; ``hint`` says what usually causes it. It becomes a
                             SandboxError where the layer is known: ``with layer("mountns"): ...``

Fail closed: nothing in this package catches a SandboxError and goes on with a weaker sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class SandboxError(Exception):
    """A layer that is not in force. ``layer`` is its public name (``userns``, ``seccomp``, ...)."""

    def __init__(self, layer: str, detail: str, hint: str = "", errno: int | None = None) -> None:
        super().__init__(f"{layer}: {detail}" + (f" ({hint})" if hint else ""))
        self.layer = layer
        self.detail = detail
        self.hint = hint
        self.errno = errno


class LayerUnavailableError(SandboxError):
    """The host or its kernel does not offer the mechanism."""


class LayerFailedError(SandboxError):
    """The mechanism is there and refused to be applied."""


class LayerNotInForceError(SandboxError):
    """What the kernel reports disagrees with what was asked for."""


class SyscallError(OSError):
    """One failed system call; ``name`` is the syscall's, ``hint`` the usual cause (may be empty)."""

    def __init__(self, errno: int, message: str, name: str, hint: str) -> None:
        super().__init__(errno, f"{name}: {message}")
        self.name = name
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.strerror} ({self.hint})" if self.hint else str(self.strerror)


@contextmanager
def layer(name: str) -> Iterator[None]:
    """Turn an OSError from inside the block into the SandboxError of the layer being applied."""
    try:
        yield
    except OSError as error:
        hint = error.hint if isinstance(error, SyscallError) else ""
        raise LayerFailedError(name, error.strerror or str(error), hint, error.errno) from error
