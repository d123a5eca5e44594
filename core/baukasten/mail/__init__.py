"""Mail on its way out: building one message, and the ways it can leave."""
