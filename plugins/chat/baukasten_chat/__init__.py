"""Live rooms of a town: open conversations, question hours, consultation hours."""
