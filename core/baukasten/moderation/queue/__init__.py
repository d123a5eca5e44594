"""The list of what waits: order, filters, claims, bulk decisions."""
