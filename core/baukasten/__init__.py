"""Baukasten: a toolkit from which towns assemble their participation site."""

__version__ = "0.1.0"
