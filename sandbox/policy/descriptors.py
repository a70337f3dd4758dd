"""The numbers that a worker's descriptors have. Fixed, so that one filter, built once, can name them."""

from __future__ import annotations

from typing import Final

INPUT_FD: Final = 3
"""CPU: the job's input; GPU: the socket a job arrives on."""
OUTPUT_FD: Final = 4
REPORT_FD: Final = 5
