"""Moderation: the one path into public view, reports, cases, decisions."""
