"""What a survey asks: one version as frozen values, read from JSON and checked."""
