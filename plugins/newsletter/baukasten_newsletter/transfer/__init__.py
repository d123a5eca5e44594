"""People who subscribed elsewhere come in from a table, and a table of all subscribers goes out."""
