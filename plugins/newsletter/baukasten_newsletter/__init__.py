"""The newsletter: letters and digests to people who agreed, from the town's own address."""
