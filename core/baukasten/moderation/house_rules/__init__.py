"""The town's rules: written in plain words, kept in versions, shown before the first contribution."""
