"""Who may answer: codes, members, visits and blindly signed tokens."""
