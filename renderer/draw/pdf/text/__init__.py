"""Text that can be selected, searched and copied, and the fonts that it is set in."""
