"""What one plugin puts beside contributions of another, such as a poll under a topic: it goes where they go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten.plugin.refs import ContentRef, MemberRef, ModuleRef


@dataclass(frozen=True, slots=True)
class Companion:
    """A kind of thing that hangs on a contribution, known by type and number, wherever that stands.

    Who may add one is said by the contribution's kind (``ContentType.accompany``) and by ``permission``, both.
    """

    key: str
    title: str
    add: str
    """The words of the link that leads to adding one, such as "Add a poll"."""
    icon: str
    permission: str
    """Of the companion's own plugin."""
    add_url: Callable[[ContentRef], str]
    """Gives the address of its page that adds one; called in views only."""
    show: Callable[[Session, ModuleRef, MemberRef | None, Sequence[ContentRef]], Mapping[ContentRef, Markup]]
    """Gives the parts to be shown under those of these contributions that have any; in views only.

    At most one statement for all of them while nothing changes. What a guest gets (``None``) is the same for all
    guests and may be kept until a public page of the town changes. The contributions are in view, or shown to their
    authors while they wait.
    """
    forget: Callable[[Session, Sequence[ContentRef]], None]
    """Deletes what belongs to contributions that are gone for good; in their transaction, also where the plugin is
    switched off."""
    follow: Callable[[Session, Sequence[ContentRef]], None]
    """Hears that contributions were carried elsewhere, such as into another topic; in that transaction, after it was
    done, also where the plugin is switched off. What knows them by type and number alone has little to do."""
