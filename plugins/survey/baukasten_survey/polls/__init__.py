"""Polls: surveys of one question that hang on a contribution of another module."""
