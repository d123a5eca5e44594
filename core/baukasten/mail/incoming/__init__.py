"""Mail on its way in: reading what strangers wrote, and the signed addresses that it may come to."""
