"""What reaches the database while somebody counts."""

import threading
from typing import Any, Self

from sqlalchemy import Engine, event


class Statements(list[str]):
    """The statements of one role while a block runs, in their order.

    Only what the counting thread asks: an application's other threads write down what they counted whenever they like.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine, self.thread = engine, threading.get_ident()

    def __enter__(self) -> Self:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if threading.get_ident() == self.thread:
            self.append(statement)
