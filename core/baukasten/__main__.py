"""The entry of ``python -m baukasten`` and of the command ``baukasten``."""

import sys

LIVE_COMMANDS = {("demo",), ("serve", "live")}
"""Commands that hold many open connections in one process, by gevent."""


def main() -> None:
    """Run the command line."""
    words = tuple(word for word in sys.argv[1:] if not word.startswith("-"))
    if words[:1] in LIVE_COMMANDS or words[:2] in LIVE_COMMANDS:
        from gevent import monkey  # noqa: PLC0415 - must patch before anything else is imported

        monkey.patch_all()
    from baukasten.cli.main import run  # noqa: PLC0415 - imports sockets and threads, so after the patch

    run()


if __name__ == "__main__":
    main()
