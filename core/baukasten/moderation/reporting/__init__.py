"""Reports from anybody: the form, the receipt, profiles, limits of misuse."""
