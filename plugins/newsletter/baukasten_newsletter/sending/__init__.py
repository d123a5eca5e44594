"""Sending an issue to everybody: who gets it, the ledger, the mails themselves, and the page that shows it."""
