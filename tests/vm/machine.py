"""A virtual machine for one boot: qemu, the project's own files as its root, a folder for what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests import borrowed
from tests.app.documents import document
from tests.vm import initramfs
from tests.vm.boots import Boot, Step
from tests.vm.debian import Kernel, modules

HERE: Final = Path(__file__).resolve().parent
_MODULES: Final = ("virtio_pci", "9pnet_virtio", "9p", "virtio_rng")
_MEMORY_MIB: Final = 3072
_START_S: Final = 120
_PROOF_S: Final = 20
_ALIVE: Final = b"#!/bin/busybox sh\n/bin/busybox echo alive\n/bin/busybox poweroff -f\n"


@dataclass(frozen=True, slots=True)
class Machine:
    """``accelerator`` as qemu names it; ``folder``: where a boot's files are kept."""

    kernel: Kernel
    accelerator: str
    folder: Path

    def run(self, boot: Boot) -> str:
        """Boot it, do all of its steps, and power off; returns what the serial console has shown. Takes no longer than
        all the steps may."""
        place = self.folder / boot.name
        shutil.rmtree(place, ignore_errors=True)
        for name in ("out", "root"):
            (place / name).mkdir(parents=True)
        limit_s = _START_S + sum(step.timeout_s for step in boot.steps)
        command = borrowed.command(place / "root", self._qemu(boot, place), self._lent(boot, place))
        _bounded(command, limit_s)
        return _text(place / "console")

    def _lent(self, boot: Boot, place: Path) -> list[tuple[str, str]]:
        (place / "plan.json").write_text(json.dumps([_instruction(step) for step in boot.steps]))
        (place / "plan.env").write_text(f"project='{borrowed.PROJECT}'\npython='{sys.executable}'\n")
        (place / "document.json").write_bytes(document())
        given = [(str(place / name), f"/vm/{name}") for name in ("plan.json", "plan.env", "document.json")]
        given += [(str(self.kernel.busybox), "/vm/busybox"), (str(self.kernel.apparmor), "/vm/apparmor")]
        return [*given, (str(HERE / "guest.sh"), "/vm/guest.sh")]

    def _qemu(self, boot: Boot, place: Path) -> list[str]:
        init = (HERE / "init.sh").read_bytes()
        start = initramfs.start(modules(self.kernel.modules, _MODULES), self.kernel.busybox, init)
        (place / "initramfs").write_bytes(start)
        shares = (("root", place / "root", ",readonly=on,multidevs=remap"), ("out", place / "out", ""))
        shared = [
            word
            for tag, path, options in shares
            for word in (
                *("-fsdev", f"local,id={tag},path={path},security_model=none{options}"),
                *("-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"),
            )
        ]
        return [*qemu(self.kernel, self.accelerator, place, boot.append), *shared]


def qemu(kernel: Kernel, accelerator: str, place: Path, append: str) -> list[str]:
    """A machine with two processors, a serial console that is written to a file, and no network. A timer that is late,
    as on a busy host, is no reason to stop."""
    return [
        *("qemu-system-x86_64", "-accel", accelerator, "-cpu", "max", "-smp", "2", "-m", str(_MEMORY_MIB)),
        *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-nic", "none"),
        *("-serial", f"file:{place}/console", "-kernel", str(kernel.image), "-initrd", f"{place}/initramfs"),
        *("-append", f"console=ttyS0 quiet panic=-1 no_timer_check {append}"),
        *("-object", "rng-random,id=random,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=random"),
    ]


def accelerator(kernel: Kernel, folder: Path) -> str:
    """KVM where a guest really runs under it, which the mere presence of /dev/kvm does not say; else qemu's own."""
    if os.access("/dev/kvm", os.R_OK | os.W_OK):
        place = folder / "proof"
        place.mkdir(parents=True, exist_ok=True)
        (place / "initramfs").write_bytes(initramfs.start([], kernel.busybox, _ALIVE))
        _bounded(qemu(kernel, "kvm", place, ""), _PROOF_S, stderr=subprocess.DEVNULL)
        if "alive" in _text(place / "console"):
            return "kvm"
    return "tcg,thread=multi"


def _instruction(step: Step) -> dict[str, object]:
    """As tests/vm/guest.py reads it."""
    return {
        "name": step.name,
        "arguments": step.arguments,
        "uid": step.uid,
        "timeout_s": step.timeout_s,
        "environment": dict(step.environment),
    }


def _bounded(command: Sequence[str], limit_s: float, *, stderr: int | None = None) -> None:
    """Run qemu, and no longer than that. It ends by itself when the guest powers off."""
    with subprocess.Popen(command, cwd=borrowed.PROJECT, stdin=subprocess.DEVNULL, stderr=stderr) as process:
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired:
            process.kill()


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
