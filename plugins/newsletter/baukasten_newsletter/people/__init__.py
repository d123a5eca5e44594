"""People who subscribe: their topics, their consent and its proof, their settings, and who is never written to."""
