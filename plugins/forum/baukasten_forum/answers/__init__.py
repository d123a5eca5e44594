"""What the town says: official answers, the board of open ones, the weighing of contributions."""
