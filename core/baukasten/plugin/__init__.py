"""The contract: what a plugin declares (this package) apart from what it may call (``baukasten.sdk``)."""
