"""Who follows what, how far somebody has read, and what people say with one press."""
