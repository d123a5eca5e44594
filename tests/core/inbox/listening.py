"""A listener for letters on a free port of the loopback, as long as a block lasts."""

import asyncio
import contextlib
import smtplib
import threading
from typing import Any

import pytest

from baukasten.inbox.lmtp import Listener


@contextlib.contextmanager
def listening(door):
    """Gives what begins a conversation with a listener that hands letters to a door."""
    ready = threading.Event()
    found: dict[str, Any] = {}

    def run():
        async def main():
            found["loop"], found["task"] = asyncio.get_running_loop(), asyncio.current_task()
            await Listener(door, "127.0.0.1", 0).serve(tell)

        def tell(port):
            found["port"] = port
            ready.set()

        with pytest.raises(asyncio.CancelledError):
            asyncio.run(main())

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(60)
    try:
        yield lambda: smtplib.LMTP("127.0.0.1", found["port"], local_hostname="mx.stadt.example", timeout=60)
    finally:
        found["loop"].call_soon_threadsafe(found["task"].cancel)
        thread.join(60)
