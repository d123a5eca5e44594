"""What the rest of the town finds and hears of surveys: its search, summaries, project pages and letters."""
