"""One case: context, ladder, saved replies, notes, hand-over, the second pair of eyes."""
