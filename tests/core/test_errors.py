"""The refusals carry what a page needs to explain them."""

import pytest

from baukasten import errors


class Lazy:
    """A text that is only known when somebody asks, as lazy translations are."""

    def __init__(self) -> None:
        self.language = "de"

    def __str__(self) -> str:
        return {"de": "Bitte kürzen", "en": "Please shorten"}[self.language]


def test_invalid_keeps_fields_in_order_and_messages_as_they_were_said() -> None:
    text = Lazy()
    error = errors.Invalid({"title": text, "body": "Empty"}, message="No")
    text.language = "en"
    assert list(error.errors.items()) == [("title", "Bitte kürzen"), ("body", "Empty")]
    assert error.message == "No"
    assert str(error) == "No (title: Bitte kürzen; body: Empty)"


def test_invalid_without_fields_has_the_general_message() -> None:
    assert (str(errors.Invalid()), errors.Invalid().errors) == ("Please check your entries.", {})


@pytest.mark.parametrize(("asked", "told"), [(30, 30), (0, 1), (-5, 1)])
def test_too_many_never_invites_an_immediate_retry(asked: int, told: int) -> None:
    assert errors.TooMany(asked).retry_after == told


def test_closed_gives_its_reason_as_message() -> None:
    error = errors.Closed("The phase ended on 3 May.")
    assert (error.reason, error.message, str(error)) == ("The phase ended on 3 May.",) * 3
    assert errors.Closed().reason == "This is closed."


def test_every_refusal_is_one_family_with_a_code_of_its_own() -> None:
    kinds: list[type[errors.BaukastenError]] = [
        errors.NotFound, errors.Denied, errors.SignInNeeded, errors.Invalid, errors.Conflict, errors.TooMany,
        errors.Closed, errors.Unavailable,
    ]  # fmt: skip
    assert all(issubclass(kind, errors.BaukastenError) for kind in kinds)
    assert len({kind.code for kind in kinds}) == len(kinds)
