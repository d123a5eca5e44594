"""Surveys from other programs and to other programs."""
