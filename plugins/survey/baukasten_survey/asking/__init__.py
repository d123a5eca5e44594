"""The pages on which somebody answers: what it is about, page by page, the receipt."""
