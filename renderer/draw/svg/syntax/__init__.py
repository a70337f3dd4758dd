"""How SVG is spelt: numbers, text and attributes, ids, path data."""
