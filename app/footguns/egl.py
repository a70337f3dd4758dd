"""EGL's devices and whether they are software, asked for in a process that is thrown away: a driver may crash or hang.

EGL_EXT_device_enumeration, EGL_EXT_device_query, EGL_EXT_device_drm, EGL_MESA_device_software (Khronos registry).
``python -m app.footguns.egl`` prints a JSON list of objects with ``node`` (or null), ``software`` and ``extensions``.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

_EXTENSIONS, _DRM_DEVICE_FILE, _MOST = 0x3055, 0x3233, 32
_TIMEOUT_S: Final = 10.0


def devices() -> list[dict[str, Any]] | str:
    """The devices, or one sentence why they could not be had."""
    try:
        asked = subprocess.run(  # noqa: S603 - this interpreter, this module
            [sys.executable, "-m", __name__], capture_output=True, timeout=_TIMEOUT_S, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"the driver did not answer: {error}"
    if asked.returncode:
        return (asked.stderr.strip().splitlines() or [f"the driver ended with status {asked.returncode}"])[-1]
    found: list[dict[str, Any]] = json.loads(asked.stdout)
    return found


def _enumerate() -> list[dict[str, Any]]:
    egl = ctypes.CDLL("libEGL.so.1")
    address: Any = egl.eglGetProcAddress
    address.restype, address.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    query = _function(address, b"eglQueryDevicesEXT", ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    text = _function(address, b"eglQueryDeviceStringEXT", ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int)
    handles, count = (ctypes.c_void_p * _MOST)(), ctypes.c_int()
    if not query(_MOST, handles, ctypes.byref(count)):
        raise OSError("EGL answers no question about its devices")
    return [_describe(text, handle) for handle in handles[: count.value]]


def _function(address: Any, name: bytes, *signature: Any) -> Callable[..., Any]:
    found = address(name)
    if not found:
        raise OSError(f"EGL has no {name.decode()}")
    return ctypes.CFUNCTYPE(*signature)(found)


def _describe(text: Callable[..., Any], handle: int | None) -> dict[str, Any]:
    extensions = (text(handle, _EXTENSIONS) or b"").decode().split()
    node = text(handle, _DRM_DEVICE_FILE) if "EGL_EXT_device_drm" in extensions else None
    software = "EGL_MESA_device_software" in extensions
    return {"node": node.decode() if node else None, "software": software, "extensions": extensions}


def main() -> None:
    try:
        print(json.dumps(_enumerate()))  # noqa: T201 - read by devices()
    except OSError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
