"""Taking an answer: once, within its quota, kept or sealed, with a receipt."""
