"""A machine's guess that orders the queue and decides nothing."""
