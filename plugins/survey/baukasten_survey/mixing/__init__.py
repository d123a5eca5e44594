"""The sealed queue in which answers lose who gave them: batches, each with a key that is destroyed when it is mixed."""
