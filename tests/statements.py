"""What reaches the database while somebody counts."""

from typing import Any, Self

from sqlalchemy import Engine, event


class Statements(list[str]):
    """The statements of one role while a block runs, in their order."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine

    def __enter__(self) -> Self:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self.append(statement)
