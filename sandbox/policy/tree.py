"""Which files a worker on the GPU path sees: its tree, without the libraries that a rehearsal finds."""

from __future__ import annotations

from typing import Final

from sandbox.policy.model import Mount
from sandbox.policy.units import MIB

DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom")
"""What every worker on the GPU path has of ``/dev``; the GPU's nodes come on top."""

DRIVER_DATA: Final = (
    "/etc/glvnd",
    "/etc/OpenCL",
    "/etc/ld.so.cache",
    "/etc/drirc",
    "/usr/share/drirc.d",
    "/usr/share/egl",
    "/usr/share/glvnd",
    "/usr/share/libdrm",
)
"""Small files that GL drivers read while they start: which driver there is, and its quirks. Nothing secret."""

TMP_BYTES, TMP_INODES = 4 * MIB, 64


def tree(devices: tuple[str, ...]) -> tuple[Mount, ...]:
    sealed_flags, device_flags = ("ro", "nosuid", "nodev"), ("ro", "nosuid", "noexec")
    return (
        Mount("/", "nothing of the host that is not named", ("ro", "nosuid", "nodev", "noexec"), size_bytes=MIB),
        Mount(
            "/tmp",
            "a place to write that programs expect: small and empty, and closed to a forked worker by Landlock",
            ("nosuid", "nodev", "noexec"),
            size_bytes=TMP_BYTES,
            inodes=TMP_INODES,
        ),
        *(Mount(node, "a device without a secret or a state", device_flags, source=node) for node in DEVICES),
        *(Mount(node, "the GPU", device_flags, source=node) for node in devices),
        *(
            Mount(path, "which GL driver there is, and its quirks", sealed_flags, source=path, optional=True)
            for path in DRIVER_DATA
        ),
    )
