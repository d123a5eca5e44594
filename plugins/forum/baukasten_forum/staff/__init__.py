"""What staff does with topics and posts: move, split, merge, undo, notes, letters."""
