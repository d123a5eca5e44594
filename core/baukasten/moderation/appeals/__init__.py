"""What people are told of decisions, and how they object."""
