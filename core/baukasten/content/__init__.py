"""From what people write to what pages print: Markdown, one seam of sanitisers, and plain text."""
