"""Measurements. Ratios inside one run count; these machines are noisy. ``python -m benchmarks`` prints them all."""
