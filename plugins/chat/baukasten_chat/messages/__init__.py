"""What people say in a room: writing, changing, reacting, and reading it again."""
