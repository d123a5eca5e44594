"""A small typed language for what is shown, what is valid and what is calculated."""
