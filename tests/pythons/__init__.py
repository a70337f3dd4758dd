"""Whether the project works with every Python of this machine: ``./run test-pythons``."""
