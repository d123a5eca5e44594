"""Settings come from the environment and the data folder; a wrong one is named."""

import stat

import pytest

from baukasten.config import ConfigError, DatabaseUrls, load, stored_secret

APP, OPERATOR, OWNER = (f"postgresql://{role}@db.example/towns" for role in ("app", "operator", "owner"))


def test_without_settings_everything_stays_in_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = load({})
    assert (found.data_dir, found.database, found.scheme) == (tmp_path / ".data", None, "https")
    assert (found.smtp_url, found.trusted_proxies, found.operator_host) == ("", 0, "betrieb.localhost")
    assert (found.shed_above, found.live_url) == (75, "")
    assert found.mail_dir == tmp_path / ".data/mail"


def test_each_setting_is_read(tmp_path):
    environ = {
        "BAUKASTEN_DATA": str(tmp_path / "elsewhere"),
        "BAUKASTEN_SECRET_KEY": "given",
        "BAUKASTEN_DATABASE_URL": APP,
        "BAUKASTEN_OPERATOR_DATABASE_URL": OPERATOR,
        "BAUKASTEN_OWNER_DATABASE_URL": OWNER,
        "BAUKASTEN_OPERATOR_HOST": "betrieb.example",
        "BAUKASTEN_SCHEME": "http",
        "BAUKASTEN_TRUSTED_PROXIES": "2",
        "BAUKASTEN_SHED_ABOVE": "50",
        "BAUKASTEN_SMTP_URL": "smtp://mail.example",
        "BAUKASTEN_LIVE_URL": "redis://live.example/0",
    }
    found = load(environ)
    driven = [url.replace("postgresql:", "postgresql+psycopg:") for url in (OWNER, APP, OPERATOR)]
    assert found.database == DatabaseUrls(*driven)
    assert (found.secret_key, found.operator_host, found.scheme) == ("given", "betrieb.example", "http")
    assert (found.trusted_proxies, found.smtp_url, found.shed_above) == (2, "smtp://mail.example", 50)
    assert found.live_url == "redis://live.example/0"
    assert (found.data_dir.is_dir(), list(found.data_dir.iterdir())) == (True, [])
    assert load(environ, tmp_path / "told").data_dir == tmp_path / "told"


def test_a_serving_process_needs_no_owner(tmp_path):
    environ = {"BAUKASTEN_DATABASE_URL": APP, "BAUKASTEN_OPERATOR_DATABASE_URL": OPERATOR}
    urls = load(environ, tmp_path).database
    assert urls is not None
    assert urls.owner == ""


def test_one_role_alone_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="set BAUKASTEN_OPERATOR_DATABASE_URL too, with a role of its own"):
        load({"BAUKASTEN_DATABASE_URL": APP}, tmp_path)


@pytest.mark.parametrize("value", ["", "-1", "two", "1.5", " 1"])
def test_a_number_that_is_none_is_refused(tmp_path, value):
    with pytest.raises(ConfigError, match="BAUKASTEN_TRUSTED_PROXIES must be a whole number"):
        load({"BAUKASTEN_TRUSTED_PROXIES": value}, tmp_path)


def test_the_secret_is_made_once_and_is_its_users_alone(tmp_path):
    first = stored_secret(tmp_path)
    assert (len(first) >= 64, stored_secret(tmp_path)) == (True, first)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert load({}, tmp_path).secret_key == first


@pytest.mark.parametrize(
    ("scheme", "port", "origin"),
    [("https", 0, "https://stadt.example"), ("http", 8000, "http://stadt.example:8000")],
)
def test_links_begin_with_scheme_host_and_port(tmp_path, scheme, port, origin):
    config = load({"BAUKASTEN_SCHEME": scheme}, tmp_path)
    object.__setattr__(config, "public_port", port)
    assert config.origin("stadt.example") == origin


@pytest.mark.parametrize(("spf", "smtp", "terms"), [
    ("", "", ()),
    ("", "smtp://mail.centre.example:587", ("a:mail.centre.example",)),
    ("", "smtp://user:word@192.0.2.7", ("ip4:192.0.2.7",)),
    ("", "smtp://[2001:db8::7]:25", ("ip6:2001:db8::7",)),
    ("", "smtp://localhost:25?starttls=no", ()),
    ("", "smtp://127.0.0.1", ()),
    ("include:_spf.Centre.example ip4:192.0.2.0/28", "smtp://127.0.0.1",
     ("include:_spf.centre.example", "ip4:192.0.2.0/28")),
])  # fmt: skip
def test_what_spf_must_hold_is_said_or_follows_from_the_server(tmp_path, spf, smtp, terms):
    assert load({"BAUKASTEN_SPF": spf, "BAUKASTEN_SMTP_URL": smtp}, tmp_path).spf_terms == terms


@pytest.mark.parametrize(
    "spf", ["v=spf1 mx", "include", "include:", "ip4:x", "ip4:2001:db8::1", "ip6:192.0.2.1", "+all"]
)
def test_spf_that_cannot_be_is_refused(tmp_path, spf):
    with pytest.raises(ConfigError, match="BAUKASTEN_SPF lists terms"):
        load({"BAUKASTEN_SPF": spf}, tmp_path)
