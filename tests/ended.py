"""Whether a process has ended."""

from __future__ import annotations

from pathlib import Path


def ended(pid: int) -> bool:
    """Or is a zombie, which nobody has asked for yet (proc_pid_stat(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in {"X", "Z"}
    except (FileNotFoundError, ProcessLookupError):
        return True
