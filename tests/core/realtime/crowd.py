"""A live process with one room, run by tests: whoever says something says it to all."""

import signal
import sys

from gevent import monkey

monkey.patch_all()

from flask import Flask, request  # noqa: E402 - after the patching

from baukasten.realtime.serving import answering, listen, stoppable  # noqa: E402
from baukasten.realtime.sockets import Sockets  # noqa: E402


def main() -> None:
    app = Flask("crowd")
    live = Sockets(app, cors_allowed_origins="*", max_http_buffer_size=16 * 1024)

    def connect(_auth=None):
        live.server.enter_room(request.sid, "room")  # type: ignore[attr-defined]

    def call(what, size=0):
        live.emit("ring", [what, "x" * size], to="room")
        return live.server.manager.count("room")

    live.on_event("connect", connect)
    live.on_event("call", call)
    door = listen(("127.0.0.1", 0))
    with answering(app, [door]), stoppable([signal.SIGTERM]) as asked:
        sys.stdout.write(f"{door.getsockname()[1]}\n")
        sys.stdout.flush()
        asked.wait()
    sys.stdout.write("stopped\n")


main()
