"""Exact figures of a survey, counted live, for those who may read single responses."""
