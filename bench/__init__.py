"""Benchmarks: each module is a command with figures; ``python -m bench`` runs them all."""
