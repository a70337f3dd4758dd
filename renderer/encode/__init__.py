"""Pixels to bytes, one module per format. All encoders are deterministic and make no system call once warm."""

from __future__ import annotations

from renderer.encode.encode import encode

__all__ = ["encode"]
