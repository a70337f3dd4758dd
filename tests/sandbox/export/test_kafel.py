"""nsjail's own compiler reads the exported filter: the BPF it makes decides every call like the native one.

strace shows the program that nsjail installs, instruction by instruction; here it is put together again and run.
"""

from __future__ import annotations

import platform
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from sandbox.export import FORMATS
from sandbox.export.model import Program
from sandbox.export.start import with_start
from sandbox.launchers import nsjail
from sandbox.mechanisms import seccomp
from sandbox.policy.gpu import GPU, gpu
from sandbox.policy.model import SandboxPolicy
from tests.sandbox.bpf import judge
from tests.sandbox.export.calls import every_call
from tests.sandbox.launchers.tools import unless_absent

pytestmark = [
    pytest.mark.skipif(platform.machine() != "x86_64", reason="tried on x86-64 alone"),
    unless_absent("nsjail"),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

# linux/filter.h, linux/bpf_common.h and linux/seccomp.h, as strace prints them.
WORDS = {
    "BPF_LD": 0x00,
    "BPF_ALU": 0x04,
    "BPF_JMP": 0x05,
    "BPF_RET": 0x06,
    "BPF_W": 0x00,
    "BPF_ABS": 0x20,
    "BPF_K": 0,
    "BPF_AND": 0x50,
    "BPF_JA": 0x00,
    "BPF_JEQ": 0x10,
    "BPF_JGT": 0x20,
    "BPF_JGE": 0x30,
    "BPF_JSET": 0x40,
    "SECCOMP_RET_ALLOW": 0x7FFF0000,
    "SECCOMP_RET_ERRNO": 0x00050000,
    "SECCOMP_RET_KILL_THREAD": 0x00000000,
    "SECCOMP_RET_KILL_PROCESS": 0x80000000,
}
NO_CGROUP = ("--cgroup_mem_max", "0", "--cgroup_pids_max", "0", "--cgroup_cpu_ms_per_sec", "0")


def value(text: str) -> int:
    return sum(WORDS[word] if word in WORDS else int(word, 0) for word in text.strip().split("|"))


def assembled(line: str) -> bytes:
    """``BPF_STMT(code, k)`` and ``BPF_JUMP(code, k, true, false)`` back to an array of ``struct sock_filter``."""
    instructions = [[value(part) for part in found.split(",")] for found in re.findall(r"BPF_\w+\(([^()]*)\)", line)]
    packed = [(code, *(jumps or [0, 0]), constant) for code, constant, *jumps in instructions]
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in packed)


def compiled_by_nsjail(policy: SandboxPolicy, folder: Path) -> bytes:
    program = Program(argv=("/bin/true",), files=("/usr",))
    config, log = folder / "nsjail.cfg", folder / "strace"
    config.write_bytes(FORMATS["nsjail"](policy, program).files[0].content)
    strace = ("strace", "-f", "-v", "-s", "100000", "-e", "trace=seccomp,prctl", "-o", str(log))
    run = subprocess.run(
        [*strace, nsjail.executable(), "--config", str(config), *NO_CGROUP], capture_output=True, text=True, check=False
    )
    found = [line for line in log.read_text().splitlines() if "MODE_FILTER" in line]
    if not found:
        pytest.skip(f"nsjail installs no filter here: {run.stderr[-400:]}")
    return assembled(found[0])


@pytest.mark.parametrize("policy", [with_start(GPU), with_start(gpu(jit=False))], ids=["jit", "no-jit"])
def test_kafels_filter_decides_every_call_like_the_native_one(policy: SandboxPolicy, tmp_path: Path) -> None:
    theirs, native = compiled_by_nsjail(policy, tmp_path), seccomp.compile_filter(policy.syscalls)
    for number, arguments in every_call(policy):
        assert judge(theirs, number, *arguments) == judge(native, number, *arguments), seccomp.name_of(number)
