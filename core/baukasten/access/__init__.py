"""Members, roles and permissions: what somebody may do in one town."""
