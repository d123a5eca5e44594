"""The post: a mail from template to transport, in the reader's language, with links to the town's own host."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from baukasten.config import Config
from baukasten.mail import message, service
from baukasten.mail.incoming import addresses
from baukasten.mail.transport import Transport
from baukasten.plugin import hookspecs
from baukasten.plugin.contract import Contract
from baukasten.plugin.refs import Message, TenantRef
from baukasten.web.i18n import Translator, fill, speaking
from baukasten.web.languages import prefix

TOOL = "post"
"""Name under which the process lends the post to its jobs."""


class MailTemplates(Protocol):
    """What the post needs of the templates."""

    def render_mail(
        self, template: str, translator: Translator, theme: str = ..., /, **values: Any
    ) -> tuple[str, str]:
        """Give plain text and HTML."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """Writes and sends mails for a town, or for the platform itself where there is none."""

    config: Config
    contract: Contract
    templates: MailTemplates
    speak: Callable[[str, str], Translator]
    """Gives the translator of a language and a time zone."""
    transport: Transport
    sender_of: Callable[[TenantRef], message.Sender] | None = None
    """Gives the sender that a town chose; without it every town has the default."""

    def message_id(self, town: TenantRef | None, job_id: int, to: str, signed: str = "") -> str:
        """Give the Message-ID of a job's mail: the same at each attempt, so that a second copy can be told.

        ``signed`` is the local part of the address to answer to, for programs that keep the id alone.
        """
        known = f"{self.config.secret_key}:message:{job_id}:{to}"
        host = (self.config.operator_host if town is None else town.host).partition(":")[0]
        mark = f"{signed}." if signed else ""
        return f"<{mark}{hashlib.sha256(known.encode()).hexdigest()[:32]}@{host}>"

    def reply_address(self, town: TenantRef, purpose: str, member_id: int, target_id: int) -> str:
        """Give the signed address to which a member answers in a matter; empty where no mail comes in."""
        domain = self.config.answer_domain(town.host)
        if not domain:
            return ""
        signed = addresses.Signed(purpose, town.id, member_id, target_id)
        return f"{addresses.local_part(self.config.secret_key, signed)}@{domain}"

    def link_secret(self, what: str) -> str:
        """Give a link's secret that is the same at each attempt, so that both copies of a letter lead somewhere."""
        return hmac.new(self.config.secret_key.encode(), f"link:{what}".encode(), hashlib.sha256).hexdigest()

    def url(self, town: TenantRef | None, path: str, language: str = "") -> str:
        """Give an absolute address below the town's stored primary host; never that of a request."""
        host = self.config.operator_host if town is None else town.host
        before = prefix(language, town.language) if town is not None and language else ""
        return self.config.origin(host) + before + path

    def send(
        self,
        town: TenantRef | None,
        to: str,
        template: str,
        subject: str,
        *,
        language: str = "",
        active: frozenset[str] = frozenset(),
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> str:
        """Send ``<template>.txt`` and ``.html`` to one address and give what the transport calls the mail.

        ``subject`` may be a lazy text with the values' names; ``active`` are the town's plugins, asked for a way
        of their own first. Raises Refused for good, Unavailable for a later try.
        """
        spoken = language or (town.language if town else "de")
        speaker = self.speak(spoken, town.time_zone if town else "Europe/Berlin")
        known = {"town": town.name if town else "Baukasten", "home": self.url(town, "/", language), **values}
        with speaking(speaker):
            line = fill(str(subject), str.__str__(subject), known)
        text, html = self.templates.render_mail(template, speaker, town.theme if town else "klar", **known)
        return self.send_ready(town, to, line, text, html, language=spoken, active=active, headers=headers)

    def send_ready(
        self,
        town: TenantRef | None,
        to: str,
        subject: str,
        text: str,
        html: str,
        *,
        language: str,
        active: frozenset[str] = frozenset(),
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Send a letter whose words are made already, as ``send`` does."""
        sender = self._sender(town)
        if town is not None:
            mark = (headers or {}).get("Message-ID", "")
            letter = Message(to, subject, text, html, sender.name, sender.address, language, mark)
            hooks = self.contract.manager.at(town.id, active)
            answer = hooks.first(hookspecs.send_message, tenant=town, message=letter)
            if answer is not None:
                return answer.value.reference
        built = message.build(
            sender, to, subject=subject, text=text, html=html or None, language=language, headers=headers
        )
        if sender.signer is not None:
            built = replace(built, content=sender.signer.sign_message(built.content))
        return service.deliver(self.transport, built).reference

    def _sender(self, town: TenantRef | None) -> message.Sender:
        if town is None:
            return message.Sender("Baukasten", f"post@{self.config.operator_host}", self.config.operator_host)
        return default_sender(town) if self.sender_of is None else self.sender_of(town)


def default_sender(town: TenantRef) -> message.Sender:
    """Give the sender of a town that chose none."""
    host = town.host.partition(":")[0]
    return message.Sender(town.name, f"beteiligung@{host}", host)
