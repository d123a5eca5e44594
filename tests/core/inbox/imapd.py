"""A small IMAP server for tests: one mailbox in memory, the few commands that visiting it needs."""

import re
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

USER, PASSWORD = "post@stadt.example", 'ge"heim wort'


@dataclass
class Letters:
    """Folders with letters by number, what the server says it can do, and where it breaks off."""

    capabilities: tuple[str, ...] = ("MOVE", "UIDPLUS")
    below_inbox: bool = False
    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    flags: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    dies_at: str = ""
    """The connection ends instead of this command."""
    last: int = 0

    def put(self, raw, folder="INBOX"):
        """Lay a letter into a folder."""
        self.last += 1
        self.folders[folder][self.last] = raw
        return self.last

    def sizes(self):
        """How many letters lie in each folder."""
        return {name: len(one) for name, one in self.folders.items()}


class Talk(socketserver.StreamRequestHandler):
    """One conversation."""

    @property
    def store(self):
        """The mailbox that is visited."""
        return cast("Server", self.server).store

    def handle(self):
        """Answer line by line."""
        self.folder = ""
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _space, command = line.decode().strip().partition(" ")
            verb = " ".join(command.split()[: 2 if command.upper().startswith("UID") else 1]).upper()
            store = self.store
            store.commands.append(verb)
            if store.dies_at and verb == store.dies_at:
                store.dies_at = ""
                return
            answer = self.answer(verb, re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', command))
            self.say(f"{tag} {answer}")
            if verb == "LOGOUT":
                return

    def say(self, line, data=None):
        """Write a line, with a literal inside where there is data."""
        self.wfile.write(
            line.encode() + b"\r\n" if data is None else line.encode() + b"\r\n" + data + b")\r\n"
        )

    def answer(self, verb, found):
        """Do one command and give its result."""
        words = [re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in found]
        do = getattr(self, "do_" + verb.lower().replace(" ", "_"), None)
        return "BAD unknown" if do is None else do(words[2:] if verb.startswith("UID") else words[1:])

    def do_capability(self, _words):
        self.say("* CAPABILITY IMAP4rev1 " + " ".join(self.store.capabilities))
        return "OK done"

    def do_login(self, words):
        return "OK in" if words == [USER, PASSWORD] else "NO wrong"

    def do_logout(self, _words):
        self.say("* BYE")
        return "OK out"

    def do_list(self, words):
        sign = "." if self.store.below_inbox else "/"
        names = [name for name in self.store.folders if name == words[1]]
        if words[1] == "":
            self.say(f'* LIST (\\Noselect) "{sign}" ""')
        for name in names:
            self.say(f'* LIST () "{sign}" "{name}"')
        return "OK done"

    def do_create(self, words):
        store = self.store
        if store.below_inbox and not words[0].startswith("INBOX."):
            return "NO below INBOX"
        store.folders[words[0]] = {}
        return "OK made"

    def do_select(self, words):
        if words[0] not in self.store.folders:
            return "NO such folder"
        self.folder = words[0]
        self.say(f"* {len(self.letters)} EXISTS")
        return "OK [READ-WRITE] selected"

    @property
    def letters(self):
        return self.store.folders[self.folder]

    def marks(self, number):
        return self.store.flags.setdefault((self.folder, number), set())

    def do_uid_search(self, words):
        assert words == ["UNSEEN", "UNDELETED"]
        new = [str(n) for n in self.letters if not self.marks(n) & {"\\Seen", "\\Deleted"}]
        self.say("* SEARCH " + " ".join(new))
        return "OK done"

    def do_uid_fetch(self, words):
        number = int(words[0])
        raw = self.letters.get(number)
        if raw is None:
            return "OK nothing"
        if "RFC822.SIZE" in words[1]:
            self.say(f"* 1 FETCH (UID {number} RFC822.SIZE {len(raw)})")
        else:
            assert words[1] == "(BODY.PEEK[])"
            self.say(f"* 1 FETCH (UID {number} BODY[] {{{len(raw)}}}", raw)
        return "OK done"

    def do_uid_copy(self, words):
        self.store.folders[words[1]][int(words[0])] = self.letters[int(words[0])]
        return "OK copied"

    def do_uid_move(self, words):
        self.store.folders[words[1]][int(words[0])] = self.letters.pop(int(words[0]))
        return "OK moved"

    def do_uid_store(self, words):
        assert words[1] in ("+FLAGS", "+FLAGS.SILENT")
        self.marks(int(words[0])).add(words[2].strip("()"))
        return "OK stored"

    def do_uid_expunge(self, words):
        assert "\\Deleted" in self.marks(int(words[0]))
        del self.letters[int(words[0])]
        return "OK gone"


class Server(socketserver.ThreadingTCPServer):
    """Listens on this machine alone."""

    daemon_threads = True

    def __init__(self, store):
        self.store = store
        super().__init__(("127.0.0.1", 0), Talk)


@contextmanager
def serving(store):
    """Give the port at which the mailbox can be visited."""
    with Server(store) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
