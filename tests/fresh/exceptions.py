"""What ends a trial before it has a result."""

from __future__ import annotations


class NotToBeHadError(Exception):
    """The bare system cannot be made here; the message says why."""
