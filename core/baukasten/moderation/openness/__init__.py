"""Numbers about moderation for everybody."""
