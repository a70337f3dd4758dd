"""The HTTP calls, one module per concern."""
