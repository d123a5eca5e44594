"""Where a town's staff assemble their site."""
