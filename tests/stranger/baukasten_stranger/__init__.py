"""Consultation hours: dates with seats, and people who sign up with a line."""
