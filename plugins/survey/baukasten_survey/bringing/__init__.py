"""Bringing in surveys of other programs: at once where they are small, in a job where they are not."""
