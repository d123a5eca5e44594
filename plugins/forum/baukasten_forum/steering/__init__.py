"""Setting what may be done in a forum and in a topic: the plan of states, the tools of staff, their pages."""
