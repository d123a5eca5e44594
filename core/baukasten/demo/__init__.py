"""Three invented towns to look around in: their content, their accounts, their start page and mailbox."""
