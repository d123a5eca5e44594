"""Answers from paper and telephone: typed in by staff, twice where it matters; and the questionnaire to print."""
