"""What comes back: reports of other servers and complaints, read, counted, and never held against the wrong one."""
