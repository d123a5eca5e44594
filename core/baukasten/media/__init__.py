"""Media: pictures and papers that people add to their contributions, stored, shown and taken away with them."""
