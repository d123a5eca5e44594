"""Measures against people, and moderators lent by other towns."""
