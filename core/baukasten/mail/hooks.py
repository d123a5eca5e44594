"""What the mail room declares: the sender that a town chooses, and the job that sends one mail."""

from baukasten.mail import sending
from baukasten.plugin.declarations import Job
from baukasten.plugin.fields import Field, FieldKind, Scope, SettingsGroup
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.text import lazy

_ = lazy("core")


@hookimpl
def register_settings() -> list[SettingsGroup]:
    """Give the sender of a town's mails."""
    fields = (
        Field(
            "name",
            _("Sender's name"),
            help=_("Without an entry: the name of the town."),
            default="",
            max_length=100,
        ),
        Field(
            "address",
            _("Sender's address"),
            FieldKind.EMAIL,
            help=_("Without an entry: beteiligung@ and the main address of the site."),
            default="",
        ),
    )
    return [SettingsGroup(sending.SENDER, Scope.TENANT, _("Sender of mails"), fields)]


@hookimpl
def register_jobs() -> list[Job]:
    """Give the job that sends one mail."""
    return [Job(sending.SEND, sending.send)]
