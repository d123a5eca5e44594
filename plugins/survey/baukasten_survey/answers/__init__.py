"""Answers: read from what was sent, checked against the questions, followed along the pages."""
