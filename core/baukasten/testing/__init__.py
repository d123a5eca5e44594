"""For authors of plugins: fixtures and the contract kit, the same that the platform's own tests use."""
