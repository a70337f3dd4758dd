"""Load over HTTP: k6 makes it, this package says what it is to be and what came of it."""
