"""Live connections: one dispatcher in front of all events, rooms named by the core."""
