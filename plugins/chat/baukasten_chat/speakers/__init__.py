"""Who speaks after whom, and how long."""
