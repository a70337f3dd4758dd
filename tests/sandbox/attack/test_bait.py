"""The bait leaves nothing behind, whatever becomes of the attack."""

from __future__ import annotations

import os
import time
from pathlib import Path

from sandbox.attack.bait import Bait
from tests.host import alive


def test_the_victim_ends_with_who_made_it(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        bait = Bait(tmp_path)
        bait._start_victim()
        os.write(write_end, str(bait.victim).encode())
        os._exit(0)
    os.close(write_end)
    victim = int(os.read(read_end, 16))
    os.close(read_end)
    os.waitpid(pid, 0)
    deadline = time.monotonic() + 20
    while alive(victim) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(victim)
