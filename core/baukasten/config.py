"""Settings of the process, read once from the environment and the data folder."""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from baukasten.errors import BaukastenError


class ConfigError(BaukastenError):
    """A setting is missing or makes no sense; the message says which and what helps."""


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One URL a role: the owner migrates, the app serves, the operator looks across tenants.

    Serving processes need no owner; ``db upgrade``, backup and restore do.
    """

    owner: str
    app: str
    operator: str


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that differs between two installations."""

    data_dir: Path
    secret_key: str
    database: DatabaseUrls | None = None
    """Nothing means: the embedded PostgreSQL in the data folder."""
    operator_host: str = "betrieb.localhost"
    demo_host: str = ""
    """Start page and mailbox of the demo; empty outside the demo."""
    scheme: str = "https"
    public_port: int = 0
    """Port in links where it is not the scheme's own, as in the demo; 0 leaves it out."""
    trusted_proxies: int = 0
    """How many proxies in front may be believed about the client; 0 ignores X-Forwarded-*."""
    shed_above: int = 75
    """Per cent of a process's threads that may be taken before crawlers are turned away; 0 turns nobody away."""
    smtp_url: str = ""
    """``smtp://user:password@host:port``; empty writes mails into the data folder."""
    spf: str = ""
    """What each town's SPF record must hold, such as ``include:_spf.centre.example``; empty for the server itself."""
    answers_to: str = ""
    """Domain of the signed addresses that people answer to; ``towns`` for each town's own host, empty for none."""
    imap_url: str = ""
    """``imaps://user:password@host/INBOX``: a mailbox out of which letters are taken; empty for none."""
    authserv_id: str = ""
    """The name by which our receiving server signs what it found out about senders; empty trusts no finding."""
    live_url: str = ""
    """Where news for open pages travel between processes: ``redis://…``, ``local:`` for a single process, or empty for
    the database itself."""
    plugins: tuple[str, ...] = ()
    """Extra plugin modules to load by import path, beside the installed entry points; for tests."""

    def origin(self, host: str) -> str:
        """Give scheme, host and port as they stand at the beginning of a link."""
        return f"{self.scheme}://{host}" + (f":{self.public_port}" if self.public_port else "")

    def answer_domain(self, host: str) -> str:
        """Give the domain to which people of the town with this primary host answer; empty for nowhere."""
        return host.partition(":")[0] if self.answers_to == "towns" else self.answers_to

    @property
    def spf_terms(self) -> tuple[str, ...]:
        """Give the terms of SPF that let our mails through; none where they are not known from here."""
        host = urlsplit(self.smtp_url).hostname or ""
        if self.spf or host in {"", "localhost"}:
            return tuple(self.spf.split())
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return (f"a:{host}",)
        return () if address.is_loopback else (f"ip{address.version}:{address}",)

    @property
    def mail_dir(self) -> Path:
        """Folder of the mails that no server carries away."""
        return self.data_dir / "mail"


def load(environ: Mapping[str, str] = os.environ, data_dir: Path | None = None) -> Config:
    """Read the settings; raises ConfigError with the name of the setting at fault."""
    folder = data_dir or Path(environ.get("BAUKASTEN_DATA", ".data"))
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return Config(
        data_dir=folder,
        secret_key=environ.get("BAUKASTEN_SECRET_KEY") or stored_secret(folder),
        database=_database(environ),
        operator_host=environ.get("BAUKASTEN_OPERATOR_HOST", "betrieb.localhost"),
        scheme=environ.get("BAUKASTEN_SCHEME", "https"),
        trusted_proxies=_number(environ, "BAUKASTEN_TRUSTED_PROXIES"),
        shed_above=_number(environ, "BAUKASTEN_SHED_ABOVE", "75"),
        smtp_url=environ.get("BAUKASTEN_SMTP_URL", ""),
        spf=_spf(environ.get("BAUKASTEN_SPF", "")),
        answers_to=environ.get("BAUKASTEN_ANSWERS_TO", "").lower(),
        imap_url=environ.get("BAUKASTEN_IMAP_URL", ""),
        authserv_id=environ.get("BAUKASTEN_AUTHSERV_ID", ""),
        live_url=environ.get("BAUKASTEN_LIVE_URL", ""),
    )


def stored_secret(folder: Path) -> str:
    """Give the installation's secret, made on first use and readable by its user alone."""
    path = folder / "secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret


def _database(environ: Mapping[str, str]) -> DatabaseUrls | None:
    app = environ.get("BAUKASTEN_DATABASE_URL", "")
    if not app:
        return None
    owner = environ.get("BAUKASTEN_OWNER_DATABASE_URL", "")
    operator = environ.get("BAUKASTEN_OPERATOR_DATABASE_URL", "")
    if not operator:
        raise ConfigError(
            "BAUKASTEN_DATABASE_URL is the app's role; set BAUKASTEN_OPERATOR_DATABASE_URL too, with a role of its own"
        )
    return DatabaseUrls(_driver(owner), _driver(app), _driver(operator))


def _spf(terms: str) -> str:
    for term in terms.split():
        kind, _, target = term.partition(":")
        try:
            right = bool(target) and kind in {"include", "a", "mx", "ip4", "ip6"}
            if right and kind.startswith("ip"):
                right = ipaddress.ip_network(target).version == int(kind[-1])
        except ValueError:
            right = False
        if not right:
            raise ConfigError(f"BAUKASTEN_SPF lists terms such as include:_spf.centre.example, not {term}")
    return terms.lower()


def _driver(url: str) -> str:
    """Name the driver, so that the usual ``postgresql://…`` works."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _number(environ: Mapping[str, str], name: str, usual: str = "0") -> int:
    value = environ.get(name, usual)
    if not value.isdigit():
        raise ConfigError(f"{name} must be a whole number, not {value!r}")
    return int(value)
