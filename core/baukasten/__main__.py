"""The entry of ``python -m baukasten`` and of the command ``baukasten``."""

import gc
import sys

LIVE_COMMANDS = {("demo",), ("serve", "live")}
"""Commands that hold many open connections in one process, by gevent."""


def prepare(arguments: list[str]) -> None:
    """Let gevent replace the blocking parts of the standard library for the commands that need it."""
    words = tuple(word for word in arguments if not word.startswith("-"))
    # Anywhere, since the value of --data may stand before the command; patching once too often does no harm.
    if any(words[at : at + length] in LIVE_COMMANDS for at in range(len(words)) for length in (1, 2)):
        from gevent import monkey  # noqa: PLC0415 - patches on import of its parts, so only where it is wanted

        monkey.patch_all()


# Before the next import, which brings sockets, locks and threads.
prepare(sys.argv[1:])

# Nothing that imports make is rubbish; looking through it again and again would take a fifth of the start.
gc.disable()

from baukasten.cli.main import run  # noqa: E402 - see above

gc.freeze()
gc.enable()


def main() -> None:
    """Run the command line."""
    run()


if __name__ == "__main__":
    main()
