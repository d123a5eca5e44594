"""The page of a room: the messages of one stretch, what somebody may do with them, and what stands around them."""
