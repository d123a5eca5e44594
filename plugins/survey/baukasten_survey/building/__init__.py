"""Building a survey: its questions, its check, its versions, how it opens and closes."""
