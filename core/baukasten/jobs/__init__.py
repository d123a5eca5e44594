"""Work outside requests: a queue in the database, the outbox of events, the worker."""
