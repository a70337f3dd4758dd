"""Glyph runs, as outlines, as pictures or as text."""
