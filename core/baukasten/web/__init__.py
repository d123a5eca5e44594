"""The web: from host to response, one direction, nothing twice."""
