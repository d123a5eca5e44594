"""The operator's console: all towns, all plugins, and whether everything runs."""
