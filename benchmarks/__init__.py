"""What README and docs quote of speed, reproducible by `python -m benchmarks`."""
