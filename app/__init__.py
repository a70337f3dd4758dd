"""The front end: HTTP, command line, settings. The only part with a network; it never parses a document."""
