"""Notices: what concerns me now, on the page and by mail."""
