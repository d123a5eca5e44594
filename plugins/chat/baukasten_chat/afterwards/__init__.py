"""What stays of an evening: the transcript as a draft, redacted, published, and the questions left open."""
