"""Pixels in an SVG: images, and what it cannot say in elements."""
