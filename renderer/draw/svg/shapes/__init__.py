"""Areas, strokes and shadows, and what they are painted with."""
