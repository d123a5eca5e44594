"""What reaches the database while somebody counts."""

from typing import Any, Self

from sqlalchemy import Connection, Engine, event


class Statements(list[str]):
    """The statements of one role, or of one connection, while a block runs, in their order."""

    def __init__(self, asked: Engine | Connection) -> None:
        super().__init__()
        self.asked = asked

    def __enter__(self) -> Self:
        event.listen(self.asked, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self.asked, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self.append(statement)
