"""The twin: a plugin that misbehaves on purpose."""
