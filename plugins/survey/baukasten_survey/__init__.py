"""Surveys: exact results that a town may publish, and answers that nobody can join to a person."""
