"""One thing done with many topics at once, whole or not at all."""

from collections.abc import Callable, Mapping, Sequence

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Invalid, Scope
from baukasten_forum.staff import carrying, joining
from baukasten_forum.steering import tools

_ = lazy("forum")
MOST = 100
VERBS: Mapping[str, LazyText] = {
    "sort": _("Put under the subject"),
    "merge": _("Join with the contribution"),
    "pin": _("Pin to the top"),
    "unpin": _("Take from the top"),
    "lock": _("Lock: only reading"),
    "open": _("Open again"),
    "archive": _("Put into the archive"),
}
"""The closed list of what can be done, in the order of the page."""
TOGETHER = _("Locked together with others while the forum was put in order.")


def run(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    verb: str,
    ids: Sequence[int],
    category_id: int | None,
    target: Callable[[], int],
) -> None:
    """Do one thing with topics; ``target`` is asked by the verb that needs one.

    Raises Denied, NotFound when one of them is gone, and Invalid without a choice, with too many, or for another verb.
    """
    if verb not in VERBS:
        raise Invalid(message=_("Please choose what shall be done."))
    if not 0 < len(ids) <= MOST:
        raise Invalid(message=_("Please tick between one and 100 contributions."))
    # In one order for everybody, so that two who tidy up do not wait for each other.
    chosen = sorted(set(ids))
    if verb == "sort":
        joining.sort(session, actor, module, chosen, category_id)
        return
    into = target() if verb == "merge" else 0
    # All at first: the log makes everybody wait, and nobody may wait for us while we wait for them.
    carrying.hold(session, module, [*chosen, into] if into else chosen)
    for topic_id in chosen:
        _one(session, actor, module, verb, topic_id, into)


def _one(session: Scope, actor: MemberRef, module: ModuleRef, verb: str, topic_id: int, into: int) -> None:
    if verb == "merge":
        joining.merge(session, actor, module, topic_id, into)
    elif verb in ("pin", "unpin"):
        tools.pin(session, actor, module, topic_id, pinned=verb == "pin")
    elif verb == "lock":
        tools.lock(session, actor, module, topic_id, reason=str(TOGETHER))
    elif verb == "open":
        tools.reopen(session, actor, module, topic_id)
    else:
        tools.archive(session, actor, module, topic_id)
