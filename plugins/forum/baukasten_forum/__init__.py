"""Forum: topics and replies of citizens, as a module for a site or a project."""
