"""Under a filter that allows no memory to be asked for, ordinary work must find all of it in the reserved heap."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

PRELUDE = """
import ctypes, os, sys
from sandbox.mechanisms import arena, capabilities, seccomp
from sandbox.policy.cpu import CPU_STRICT
arena.settle()
program = seccomp.compile_filter(CPU_STRICT.syscalls)
capabilities.no_new_privs()
if os.fork() == 0:
    try:
        arena.reserve(64 << 20)
        seccomp.install(program)
{body}
        os._exit(0)
    except MemoryError:
        os._exit(71)
    except BaseException:
        os._exit(70)
status = os.wait()[1]
os._exit(status >> 8 if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
"""


def run(body: str, *, malloc: str = "malloc") -> int:
    code = PRELUDE.format(body=textwrap.indent(textwrap.dedent(body), " " * 8))
    environment = os.environ | {"PYTHONMALLOC": malloc, "PYTHONPATH": os.getcwd()}
    return subprocess.run([sys.executable, "-c", code], env=environment, check=False, capture_output=True).returncode


@pytest.mark.parametrize(
    "body",
    [
        "for n in range(1, 40): bytearray(n << 18)",
        "blocks = [bytearray(n * 13) for n in range(2000)]; del blocks; [bytearray(1 << 20) for _ in range(30)]",
        "f = lambda n: 0 if n == 0 else 1 + f(n - 1)\nfor _ in range(5): f(900)",
        "big = bytearray(48 << 20); del big; bytearray(50 << 20)",
    ],
)
def test_work_within_the_reserved_heap_makes_no_system_call(body: str) -> None:
    assert run(body) == 0


def test_running_out_is_a_memory_error() -> None:
    assert run("blocks = [bytearray(1 << 20) for _ in range(100)]") == 71


def test_one_request_beyond_the_heap_is_a_memory_error_and_the_rest_is_still_there() -> None:
    body = """
        try:
            bytearray(80 << 20)
        except MemoryError:
            bytearray(40 << 20)
            os._exit(7)
    """
    assert run(body) == 7


def test_an_executable_mapping_is_not_an_allocation_and_kills() -> None:
    assert run("import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)") == 128 + 31


def test_pythons_own_allocator_is_refused_at_the_start() -> None:
    assert run("pass", malloc="pymalloc") == 1


def test_a_heap_without_holes_gives_from_its_end() -> None:
    """Half of some blocks are freed, so that every next one would lie in a hole between the others."""
    code = """
        import ctypes, os
        from sandbox.mechanisms import arena
        libc = ctypes.CDLL(None)
        libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
        libc.free.argtypes = [ctypes.c_void_p]
        arena.settle()
        blocks = [libc.malloc(3000) for _ in range(2000)]
        for block in blocks[::2]:
            libc.free(block)
        low = [libc.malloc(3000) for _ in range(20)]
        taken = arena.plug()
        high = [libc.malloc(3000) for _ in range(20)]
        print(max(low) < max(blocks), min(high) > max(blocks), taken > 900 * 3000, flush=True)
        os._exit(0)  # no interpreter shutdown on a heap like this; see sandbox/forkserver/__main__.py
    """
    environment = os.environ | {"PYTHONMALLOC": "malloc", "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "True", "True"]


def test_what_is_populated_is_in_memory_before_it_is_used() -> None:
    body = """
        import os, resource
        from sandbox.mechanisms import arena
        def faults():
            return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        arena.settle()
        arena.populate(4 << 20)
        before = faults()
        block = bytearray(3 << 20)
        for start in range(0, len(block), 4096):
            block[start] = 1
        print(faults() - before, flush=True)
        os._exit(0)
    """
    environment = os.environ | {"PYTHONMALLOC": "malloc", "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-c", textwrap.dedent(body)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True)
    assert int(done.stdout) < 50  # of 768 pages
