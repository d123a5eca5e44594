"""A process of its own in which people register, one after the other in several threads, until it is killed.

Each line it prints is a promise that somebody was given: ``asked`` after the page that says a letter is on its way,
``confirmed`` after the page that lets them in. ``begun`` comes before either. Modes: ``serve``, and ``finish``, which
only does what the queue still holds.
"""

import itertools
import json
import os
import re
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from baukasten import house
from baukasten.app import create_app, end
from baukasten.config import Config, DatabaseUrls
from baukasten.jobs import care
from baukasten.mail.transport import FileTransport
from baukasten.testing.fixtures import Browser
from baukasten.web import forgery
from baukasten.workshop import make_worker

PEOPLE = 3
LINK = re.compile(r"https://\S+/konto/bestaetigen/\S+")
PASSWORD = "Moor-Birke-Kahn-42"


def say(word, address):
    """Tell the parent in one piece; a line that was begun is read whole or not at all."""
    os.write(1, f"{word} {address}\n".encode())


def found(pattern, words):
    """Give the match of what must be there."""
    match = pattern.search(words)
    if match is None:
        raise RuntimeError(f"{pattern.pattern} is missing")
    return match


def token_of(page):
    return found(re.compile(rf'name="{forgery.FIELD}" value="(\w+)"'), page.get_data(as_text=True))[1]


def register(app, host, transport, run, number):
    """Register one person as a browser would, and follow the letter."""
    address = f"p{run}-{number}@kill.example"
    browser = Browser(app, app.response_class)
    browser.host = host
    # Each from a network of its own, so that the limit for one network is not what stops them.
    options = {"environ_overrides": {"REMOTE_ADDR": f"10.{run % 250}.{number // 250}.{number % 250 + 1}"}}
    say("begun", address)
    page = browser.get("/konto/registrieren", **options)
    values = {"email": address, "password": PASSWORD, "display_name": f"Person {number}", "rules": "on"}
    answer = browser.post("/konto/registrieren", data={forgery.FIELD: token_of(page), **values}, **options)
    if answer.status_code != 200:
        raise RuntimeError(f"registering: {answer.status_code}")
    say("asked", address)
    until = time.monotonic() + 60
    while not (mails := transport.list(to=address, limit=1)):
        if time.monotonic() > until:
            raise RuntimeError("no letter came")
        time.sleep(0.02)
    path = urlsplit(found(LINK, mails[0].text)[0]).path
    page = browser.get(path, **options)
    answer = browser.post(path, data={forgery.FIELD: token_of(page)}, **options)
    if answer.status_code != 303:
        raise RuntimeError(f"confirming: {answer.status_code}")
    say("confirmed", address)


def serve(config, database, host, run):
    app = create_app(config, database)
    worker = make_worker(config, database)
    worker.start()
    transport, numbers = FileTransport(config.mail_dir), itertools.count(1)

    def people():
        while True:
            try:
                register(app, host, transport, run, next(numbers))
            except Exception as error:  # noqa: BLE001 - the parent must hear of everything
                say("broken", repr(error))
                return

    for _ in range(PEOPLE - 1):
        threading.Thread(target=people, daemon=True).start()
    people()


def finish(config, database, host, run):
    with database.session(None) as session:
        care.pick_up_stalled(session, silence=0)
        session.commit()
    app = create_app(config, database)
    make_worker(config, database).run_pending()
    end(app)


def main():
    given = json.loads(sys.argv[1])
    config = Config(
        data_dir=Path(given["data"]),
        secret_key="only-for-tests",
        operator_host="betrieb.test",
        demo_host="demo.test",
    )
    database = house.open_database(DatabaseUrls(*given["urls"]), house.load_contract(config))
    {"serve": serve, "finish": finish}[given["mode"]](config, database, given["host"], given["run"])
    database.close()


if __name__ == "__main__":
    main()
