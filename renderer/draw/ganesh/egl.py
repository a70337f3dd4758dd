"""An OpenGL ES context without a window, made with PyOpenGL through EGL.

Platforms are tried in this order: EGL devices (hardware before software), surfaceless, GBM. See
EGL_EXT_platform_device, EGL_MESA_platform_surfaceless, EGL_KHR_platform_gbm, EGL_KHR_surfaceless_context.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

os.environ.setdefault("PYOPENGL_PLATFORM", "egl")  # read when OpenGL is first imported

# PyOpenGL's own error checks stay on: its EGL module does not even import without them, and they cost nothing here,
# for all drawing calls come from Skia and never pass through PyOpenGL.
from OpenGL import EGL
from OpenGL.EGL.EXT.device_base import eglQueryDevicesEXT
from OpenGL.EGL.EXT.device_query import eglQueryDeviceStringEXT
from OpenGL.EGL.EXT.platform_base import eglGetPlatformDisplayEXT
from OpenGL.GLES3 import GL_RENDERER, GL_VERSION, glGetString
from OpenGL.raw.EGL._types import EGLDeviceEXT, EGLint

_PLATFORM_DEVICE: Final = 0x313F
_PLATFORM_SURFACELESS: Final = 0x31DD
_PLATFORM_GBM: Final = 0x31D7
_OPENGL_ES3_BIT: Final = 0x40
_CONTEXT_MAJOR_VERSION: Final = 0x3098
_MAX_DEVICES: Final = 16
_SOFTWARE_NAMES: Final = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software rasterizer")


class GlUnavailableError(RuntimeError):
    """No EGL platform of this host gives an OpenGL ES 3 context. The message lists what was tried."""


@dataclass(frozen=True, slots=True)
class GlContext:
    """A context that is current on this thread. ``platform``: ``device``, ``surfaceless`` or ``gbm``."""

    display: Any
    context: Any
    platform: str
    renderer: str
    version: str

    @property
    def software(self) -> bool:
        return is_software(self.renderer)

    def close(self) -> None:
        EGL.eglMakeCurrent(self.display, EGL.EGL_NO_SURFACE, EGL.EGL_NO_SURFACE, EGL.EGL_NO_CONTEXT)
        EGL.eglDestroyContext(self.display, self.context)
        EGL.eglTerminate(self.display)


def is_software(renderer: str) -> bool:
    """Whether a ``GL_RENDERER`` string names a rasteriser that runs on the CPU."""
    return any(name in renderer.lower() for name in _SOFTWARE_NAMES)


def make_gl_context() -> GlContext:
    """The first context that any platform gives. Raises :class:`GlUnavailableError`."""
    failures: list[str] = []
    for platform, open_display in _candidates():
        try:
            return _make_on(platform, open_display())
        except Exception as error:  # noqa: BLE001 - PyOpenGL raises many kinds for a missing entry point
            failures.append(f"{platform}: {error}")
    raise GlUnavailableError("no OpenGL ES 3 context: " + "; ".join(failures or ["no EGL platform at all"]))


def _candidates() -> Iterator[tuple[str, Callable[[], Any]]]:
    for device in _devices():
        yield "device", partial(eglGetPlatformDisplayEXT, _PLATFORM_DEVICE, device, None)
    yield "surfaceless", partial(eglGetPlatformDisplayEXT, _PLATFORM_SURFACELESS, None, None)
    yield "gbm", lambda: eglGetPlatformDisplayEXT(_PLATFORM_GBM, _gbm_device(), None)


def _devices() -> list[Any]:
    """EGL devices, hardware first."""
    if not bool(eglQueryDevicesEXT):
        return []
    devices, count = (EGLDeviceEXT * _MAX_DEVICES)(), EGLint()
    if not eglQueryDevicesEXT(_MAX_DEVICES, devices, count):
        return []
    return sorted(devices[: count.value], key=_is_software_device)


def _is_software_device(device: Any) -> bool:
    extensions: bytes | None = eglQueryDeviceStringEXT(device, EGL.EGL_EXTENSIONS)
    return extensions is None or b"EGL_MESA_device_software" in extensions


def _gbm_device() -> Any:
    """A GBM device on the first render node that can be opened."""
    gbm = ctypes.CDLL("libgbm.so.1")
    gbm.gbm_create_device.restype = ctypes.c_void_p
    for number in range(128, 136):
        try:
            node = os.open(f"/dev/dri/renderD{number}", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue
        device = gbm.gbm_create_device(node)
        if device:
            return ctypes.c_void_p(device)
    raise GlUnavailableError("no /dev/dri/renderD* that can be opened")


def _make_on(platform: str, display: Any) -> GlContext:
    if not display:
        raise GlUnavailableError("no display")
    major, minor = EGLint(), EGLint()
    if not EGL.eglInitialize(display, major, minor):
        raise GlUnavailableError(f"eglInitialize failed (0x{EGL.eglGetError():x})")
    if not EGL.eglBindAPI(EGL.EGL_OPENGL_ES_API):
        raise GlUnavailableError("no OpenGL ES")
    context = _make_context(display)
    if not EGL.eglMakeCurrent(display, EGL.EGL_NO_SURFACE, EGL.EGL_NO_SURFACE, context):
        raise GlUnavailableError(f"eglMakeCurrent failed (0x{EGL.eglGetError():x})")
    return GlContext(display, context, platform, _gl_string(GL_RENDERER), _gl_string(GL_VERSION))


def _make_context(display: Any) -> Any:
    wanted = (EGLint * 5)(
        EGL.EGL_SURFACE_TYPE, 0, EGL.EGL_RENDERABLE_TYPE, _OPENGL_ES3_BIT, EGL.EGL_NONE
    )  # no surface type at all: nothing but Skia's own framebuffers is ever drawn to
    configs, count = (EGL.EGLConfig * 1)(), EGLint()
    if not EGL.eglChooseConfig(display, wanted, configs, 1, count) or count.value < 1:
        raise GlUnavailableError("no EGL configuration for OpenGL ES 3")
    version = (EGLint * 3)(_CONTEXT_MAJOR_VERSION, 3, EGL.EGL_NONE)
    context = EGL.eglCreateContext(display, configs[0], EGL.EGL_NO_CONTEXT, version)
    if not context:
        raise GlUnavailableError(f"eglCreateContext failed (0x{EGL.eglGetError():x})")
    return context


def _gl_string(name: Any) -> str:
    value = glGetString(name)
    return ctypes.string_at(value).decode("ascii", "replace") if value else "unknown"
