"""What tools of the tests need and this machine or its network does not have."""

from __future__ import annotations


class UnavailableError(Exception):
    """The message says what is missing, and why."""
