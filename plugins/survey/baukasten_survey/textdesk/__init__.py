"""Pages on which staff sort open texts, compare how two did it, and choose what everybody reads."""
