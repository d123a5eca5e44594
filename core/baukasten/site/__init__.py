"""The public face of a town: front page, legal pages, and the frame around every page."""
