"""The audit log: who changed what of others, in a chain that shows every later change."""
