"""``baukasten mail``: letters that a mail server hands over."""

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from baukasten.cli.setting import Setting, pass_setting
from baukasten.errors import BaukastenError
from baukasten.inbox.door import Door, NotTakenError, UnknownAddressError
from baukasten.mail.incoming.reading import LARGEST, Envelope, Unreadable

TAKEN, BAD_DATA, TRY_AGAIN, NOT_ALLOWED = 0, 65, 75, 77
"""Exit codes of sysexits.h, as postfix's pipe(8) reads them."""


@click.group()
def mail() -> None:
    """Mail that comes in."""


@mail.command()
@click.option("--to", "recipient", required=True, help="The envelope's recipient.")
@click.option(
    "--from", "sender", default=None, help="The envelope's sender; empty or MAILER-DAEMON for reports."
)
@pass_setting
@click.pass_context
def receive(context: click.Context, setting: Setting, recipient: str, sender: str | None) -> None:
    """Take one letter from standard input, as postfix's pipe(8) hands it over.

    Ends with 0 when the letter is stored, 65 or 77 when it is refused for good, 75 when the server should try again.
    """
    raw = sys.stdin.buffer.read(LARGEST + 1)
    context.exit(_taken(setting, raw, Envelope(recipient, sender)))


def _taken(setting: Setting, raw: bytes, envelope: Envelope) -> int:
    """Take a letter and give the exit code; says in one line why not."""
    try:
        with setting.database() as database:
            Door(database, setting.config).take(raw, envelope)
    except (UnknownAddressError, Unreadable) as error:
        click.echo(error.message, err=True)
        return BAD_DATA
    except NotTakenError as error:
        click.echo(error.message, err=True)
        return NOT_ALLOWED
    except (BaukastenError, SQLAlchemyError, OSError) as error:
        # The message of a database error would carry the letter.
        click.echo(f"{type(error).__name__}: try again later", err=True)
        return TRY_AGAIN
    return TAKEN
