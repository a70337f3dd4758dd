"""A launched worker, from its first instruction to its last: ``python -m sandbox.launchers.inside``, inside the tool.

What a native worker inherits from its fork server it is told on its channel, or loads itself. By the time it says that
it is ready it has given up what the tool left it, and stacked the second filter; only then does a job come.
"""

from __future__ import annotations

import base64
import ctypes.util
import json
import os
import re
import socket
from collections.abc import Iterable
from typing import Any, NoReturn

from sandbox.launchers import CHANNEL_FD


def main() -> NoReturn:
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=CHANNEL_FD)
    message, ancillary, _, _ = channel.recvmsg(1 << 20, socket.CMSG_SPACE(4))
    if not message:  # the launch server has gone
        os._exit(0)
    orders = json.loads(message)
    _find_libraries_among(orders["needs"]["files"])
    # Not before: what these import looks for libraries, which in here can be found in that list alone.
    from sandbox.launchers import life  # noqa: PLC0415

    page = int.from_bytes(ancillary[0][2][:4], "little")
    life.live(channel, page, orders, base64.b64decode(orders["sealed"]))


def _find_libraries_among(files: Iterable[str]) -> None:
    """ctypes.util.find_library runs ldconfig or gcc; here nothing is executed, and what is needed is known."""
    known = tuple(files)

    def find(name: str) -> str | None:
        wanted = re.compile(rf"lib{re.escape(name)}\.so(\.|$)")
        return next((path for path in known if wanted.match(os.path.basename(path))), None)

    module: Any = ctypes.util
    module.find_library = find


if __name__ == "__main__":
    main()
