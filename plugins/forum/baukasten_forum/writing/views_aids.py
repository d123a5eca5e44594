"""What scripts ask while somebody writes: preview, similar topics, names, quotations; all works without them too."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import Invalid, NotFound, here, part, requires, signed_in
from baukasten_forum import cooking, forms, mentions
from baukasten_forum.keys import CREATE, REPLY
from baukasten_forum.routes import routes
from baukasten_forum.stages import rules
from baukasten_forum.writing.similar import similar

BIG_NUMBER = "int(min=1, max=9223372036854775807)"


@routes.post("/vorschau")
@signed_in
def preview(module: ModuleRef) -> ResponseReturnValue:
    """Give a text as everybody would read it, as a piece of a page."""
    session = here().session
    topic_id = forms.number(request.form.get("topic", "")) or None
    if topic_id is not None:
        rules.topic_of(session, module, topic_id)
    body = request.form.get("body", "")
    try:
        html = cooking.cook(session, module, body, topic_id).html if body.strip() else ""
    except Invalid as error:
        return Response(error.message, 422, mimetype="text/plain")
    return Response(str(html), mimetype="text/html")


@routes.get("/aehnlich")
@requires(CREATE)
def similar_topics(module: ModuleRef) -> ResponseReturnValue:
    """Give topics that a title may repeat, as a piece of a page; nothing where there are none."""
    found = similar(here().session, module, request.args.get("q", ""))
    return Response(part("forum/writing/similar.html", similar=found) if found else "", mimetype="text/html")


@routes.get(f"/namen/<{BIG_NUMBER}:topic_id>")
@requires(REPLY)
def names(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Give the names of those who take part in a topic, for a list to choose from."""
    session = here().session
    rules.topic_of(session, module, topic_id)
    return jsonify(mentions.suggestions(session, topic_id))


@routes.get(f"/beitrag/<{BIG_NUMBER}:post_id>/zitat")
@requires(REPLY)
def quotation(module: ModuleRef, post_id: int) -> ResponseReturnValue:
    """Give a post as a quotation to put into a reply."""
    text = cooking.quotation(here().session, module, post_id)
    if not text:
        raise NotFound
    return Response(text, mimetype="text/plain")
