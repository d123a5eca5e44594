"""Writing and changing: drafts, quotes, mentions, revisions, withdrawing."""
