"""How much and how fast people write in a room, and what waits before it comes into view."""
