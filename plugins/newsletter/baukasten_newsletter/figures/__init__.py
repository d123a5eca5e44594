"""Figures of a list that count letters and never watch people."""
