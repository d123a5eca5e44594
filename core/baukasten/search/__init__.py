"""Search over everything published, one index for all modules."""
