"""What a run of many pictures says of those that there are none of."""

from __future__ import annotations

from dataclasses import dataclass

from app.cli.documentfiles import UnreadableError
from app.cli.order import EXIT_REFUSED, sentence_of, status_of
from app.cli.renders import FolderInUseError
from app.problems import ProblemError

FAILURES = (ProblemError, UnreadableError, FolderInUseError, OSError)
"""What costs one document, or one output of it, and nothing else."""


@dataclass(frozen=True, slots=True)
class Failure:
    """``code``: as in the API's problem details, or one of the command line's own. ``status``: what the exit status
    would be if nothing else had failed."""

    code: str
    sentence: str
    status: int = EXIT_REFUSED


def failure_of(error: Exception) -> Failure:
    """Of one of :data:`FAILURES`."""
    match error:
        case ProblemError():
            return Failure(error.subcode or error.code, sentence_of(error), status_of(error))
        case UnreadableError():
            return Failure("document-not-read", str(error))
        case FolderInUseError():
            return Failure("folder-in-use", str(error))
        case OSError():
            return Failure("file-not-written", f"Cannot write {error.filename}: {error.strerror}.")
    raise error
