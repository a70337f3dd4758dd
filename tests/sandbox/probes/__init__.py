"""Probes at the seams: single mechanisms, without a fork server around them. The suite itself is sandbox/attack, and is
run by tests/sandbox/attack."""
