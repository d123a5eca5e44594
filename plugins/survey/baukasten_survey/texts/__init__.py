"""Open texts: sorted into categories by two people, and chosen to be read by everybody."""
