"""What was answered, in numbers that may be shown."""
