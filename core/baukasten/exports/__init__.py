"""Exports: tables and files that staff take away, made by jobs and kept for a week."""
