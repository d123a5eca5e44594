"""Surveys as rows: placing one, finding it, reading what it asks now."""
