"""The interface for machines: JSON, errors as problem+json."""
