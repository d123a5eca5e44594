"""What leaves the forum as a file: tables, a paper, the signed archive."""
