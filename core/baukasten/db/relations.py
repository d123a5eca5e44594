"""Relationships between rows of one tenant, without the two traps of composite keys."""

from typing import Any

from sqlalchemy.orm import Relationship, foreign, relationship


def related(child: str, column: str, parent: str, **options: Any) -> Relationship[Any]:
    """Give the relationship from ``child.column`` to ``parent`` by the id alone.

    Joining on both columns would make relationships that share ``tenant_id`` warn, and setting one to None
    would try to blank the key. The tenant is the same on both sides by the foreign key and row-level security.
    """
    return relationship(
        parent,
        primaryjoin=f"and_(foreign({child}.{column}) == {parent}.id, {child}.tenant_id == {parent}.tenant_id)",
        **options,
    )


__all__ = ["foreign", "related"]
