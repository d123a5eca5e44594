"""Accounts, sessions and passwords: who somebody is in the whole installation."""
