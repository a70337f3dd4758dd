"""``./run test-vm [BOOT...] [--write FILE]``: the sandbox on other kernels.

Exit status: 0 everything is as expected, 1 something is not, 2 wrong usage, or what it needs is not available.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.borrowed import PROJECT
from tests.unavailable import UnavailableError
from tests.vm import report
from tests.vm.boots import BOOTS, RENDERS, Boot, as_it_is, quick, thorough
from tests.vm.debian import Kernel, fetch
from tests.vm.machine import Machine, accelerator
from tests.vm.report import Result

_CACHE: Final = PROJECT / ".cache" / "vm"
_SHOWN_LINES: Final = 40


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run test-vm", description="The sandbox on other kernels, in qemu.")
    parser.add_argument("boots", nargs="*", metavar="BOOT", help=f"of {', '.join(b.name for b in BOOTS)}; default: all")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the results as a page, docs/kernels.md")
    parser.add_argument(
        "--thorough", action="store_true", help="all 51 probes of the attack suite, not a choice of them"
    )
    parser.add_argument("--quick", action="store_true", help="without the attack suite")
    given = parser.parse_args(arguments)
    wanted = [boot for boot in BOOTS if boot.name in given.boots or not given.boots]
    strange = sorted(set(given.boots) - {boot.name for boot in BOOTS})
    if strange:
        parser.error(f"no such boot: {', '.join(strange)}")
    if os.geteuid() != 0:
        parser.error("the guest's root is laid by bind mounts, which takes root")
    try:
        kernel = fetch(_CACHE)
    except UnavailableError as error:
        parser.error(str(error))
    change = thorough if given.thorough else quick if given.quick else as_it_is
    return _all(kernel, [change(boot) for boot in wanted], given.write)


def _all(kernel: Kernel, wanted: Sequence[Boot], page: Path | None) -> int:
    machine = Machine(kernel, accelerator(kernel, _CACHE), _CACHE)
    _say(f"{kernel.package} under {machine.accelerator}")
    found = [(boot, _one(machine, boot)) for boot in wanted]
    if page is not None:
        made = report.page(found, package=kernel.package, accelerator=machine.accelerator, renders=RENDERS)
        page.write_text(made, encoding="utf-8")
    return int(any(result.wrong for _, results in found for result in results))


def _one(machine: Machine, boot: Boot) -> list[Result]:
    started = time.monotonic()
    console = machine.run(boot)
    results = report.results(boot, machine.folder / boot.name / "out")
    _say(f"{boot.name} ({boot.title}), {time.monotonic() - started:.0f} s")
    for result in results:
        verdict = "ok" if not result.wrong else "FAILED"
        _say(f"  {verdict:<7} {result.step.name:<14} {result.seconds:>4} s  {report.summary(result)}")
        if result.wrong:
            _say(f"          {result.wrong}; {machine.folder / boot.name}/out/{result.step.name}.log ends with")
            _say("\n".join(result.said.splitlines()[-_SHOWN_LINES:]))
    if not any(result.seconds for result in results):
        _say(f"the guest did not get as far as its first step; its console ends with\n{console[-3000:]}")
    return results


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
