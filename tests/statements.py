"""What reaches the database while somebody counts."""

import threading
from typing import Any, Self

from sqlalchemy import Engine, event


class Statements(list[str]):
    """The statements of one role, or of several, while a block runs, in their order.

    Only what the counting thread asks: an application's other threads write down what they counted whenever they like.
    """

    def __init__(self, *engines: Engine) -> None:
        super().__init__()
        self.engines, self.thread = engines, threading.get_ident()

    def __enter__(self) -> Self:
        for engine in self.engines:
            event.listen(engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        for engine in self.engines:
            event.remove(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if threading.get_ident() == self.thread:
            self.append(statement)
