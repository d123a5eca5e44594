"""Figures of survey answers, with or without weights; pure functions."""
