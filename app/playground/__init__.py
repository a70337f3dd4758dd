"""The page at ``/``: plain HTML, CSS and ES modules under ``static/``, served as they lie there; no build."""
