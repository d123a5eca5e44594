"""The domain from which a town sends: the keys that sign for it, what DNS says about it, whether it may send."""
