"""Pictures and papers of contributions: brought in with the form, shown under the post."""
