"""What stands between a draft and public view: limits, lists, traps, checks before publication."""
