"""Digests: what is new in a town, in one mail a person and day, to those who want it so."""
