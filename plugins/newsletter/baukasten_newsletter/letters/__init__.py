"""Letters: what the town writes, how it looks as mail, as plain text and as a page, and where it stays readable."""
