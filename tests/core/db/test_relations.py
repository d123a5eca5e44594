"""Rows of one tenant point to each other without warnings, and letting go of one never blanks the tenant."""

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column
from sqlalchemy.schema import CreateTable

from baukasten.db.base import NAMES, Base, TenantOwned, tenant_args, tenant_key
from baukasten.db.relations import related


class Made(DeclarativeBase):
    """A MetaData of its own, so that nobody else meets these tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = Base.type_annotation_map


Table("tenant", Made.metadata, Column("id", BigInteger, primary_key=True), schema="platform")


class Shelf(TenantOwned, Made):
    __tablename__ = "made_shelf"

    title: Mapped[str]


class Book(TenantOwned, Made):
    __tablename__ = "made_book"
    __table_args__ = tenant_args(
        tenant_key("shelf_id", "made_shelf", ondelete="SET NULL"), tenant_key("twin_id", "made_shelf")
    )

    shelf_id: Mapped[int | None] = mapped_column()
    twin_id: Mapped[int | None] = mapped_column()
    # Two relationships that share tenant_id: what SQLAlchemy would warn about.
    shelf = related("Book", "shelf_id", "Shelf")
    twin = related("Book", "twin_id", "Shelf")


@pytest.fixture
def shelves(session, town):
    """Make the tables for this session alone; a temporary table is gone with its connection's transaction."""
    configure_mappers()
    for table in (Made.metadata.tables["made_shelf"], Made.metadata.tables["made_book"]):
        made = str(CreateTable(table).compile(session.get_bind())).replace(
            "CREATE TABLE", "CREATE TEMP TABLE"
        )
        # A temporary table may not point to a lasting one.
        session.execute(text(made.replace(TOWN_KEY.format(table.name), "")))
    yield session
    session.rollback()


TOWN_KEY = ", \n\tCONSTRAINT fk_{}_tenant_id FOREIGN KEY(tenant_id) REFERENCES platform.tenant (id)"


def test_parents_are_found_by_the_id_within_the_tenant(shelves, town):
    shelf, twin = Shelf(title="one"), Shelf(title="two")
    shelves.add_all([shelf, twin])
    shelves.flush()
    book = Book(shelf_id=shelf.id, twin_id=twin.id)
    shelves.add(book)
    shelves.flush()
    assert (book.shelf, book.twin) == (shelf, twin)
    found = shelves.scalar(select(Book.id).join(Book.shelf).where(Shelf.title == "one"))
    assert found == book.id


def test_a_parent_may_be_given_as_a_row(shelves):
    book = Book(shelf=Shelf(title="one"))
    shelves.add(book)
    shelves.flush()
    assert book.shelf_id == book.shelf.id


def test_letting_go_of_the_parent_empties_its_id_alone(shelves, town):
    book = Book(shelf=Shelf(title="one"))
    shelves.add(book)
    shelves.flush()
    book.shelf = None
    shelves.flush()
    shelves.expire_all()
    assert (book.tenant_id, book.shelf_id) == (town.id, None)


def test_a_deleted_parent_empties_its_id_alone(shelves, town):
    shelf, twin = Shelf(title="one"), Shelf(title="two")
    shelves.add_all([shelf, twin])
    shelves.flush()
    kept, gone = Book(shelf_id=shelf.id), Book(twin_id=twin.id)
    shelves.add_all([kept, gone])
    shelves.flush()
    shelves.execute(text("DELETE FROM made_shelf"))
    left = shelves.execute(select(Book.tenant_id, Book.id, Book.shelf_id)).all()
    assert left == [(town.id, kept.id, None)]


def test_key_carries_the_tenant_and_names_what_it_empties():
    key = tenant_key("shelf_id", "made_shelf", ondelete="SET NULL")
    assert [element.target_fullname for element in key.elements] == ["made_shelf.tenant_id", "made_shelf.id"]
    assert key.ondelete == "SET NULL (shelf_id)"
    assert tenant_key("shelf_id", "made_shelf").ondelete == "CASCADE"
