"""``python -m sandbox.forkserver FD``, as :mod:`sandbox.client` starts it."""

from __future__ import annotations

import os
import sys
import traceback

from sandbox.forkserver.start import main

if __name__ == "__main__":
    # No interpreter shutdown: it would free the first chunk of the frame stack, which Python mapped before
    # arena.settle(), through the allocator that settle() put in its place.
    exit_status = 1
    try:
        exit_status = main(sys.argv)
    except BaseException:  # noqa: BLE001 - the last words of a process that ends without Python's own
        traceback.print_exc()
    finally:
        os._exit(exit_status)
