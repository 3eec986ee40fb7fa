"""A hand-made IMAP server that misbehaves on order: any command's answer can be replaced by a function.

Otherwise it serves one folder, INBOX, from memory, well enough for maild. It renumbers after each removal, as all do.
"""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.servers.certs import Pair
from tests.servers.wire import Cut, Server, Talk

Handler = Callable[[Talk, str, str], None]
ALL = "IMAP4rev1 IDLE UIDPLUS MOVE NAMESPACE AUTH=PLAIN"
ARRIVAL = "20-Nov-2026 10:15:00 +0300"


@dataclass
class Kept:
    """A letter in the folder; `size` is what the server claims, None = the truth."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    size: int | None = None
    arrival: str = ARRIVAL


class BadImap(Server):
    r"""`handlers["IDLE"] = function(talk, tag, arguments)` replaces the answer to a command ("UID FETCH", "LOGIN", …).

    The default answers are methods: `do_uid_fetch`, `do_idle` and so on, for a handler to fall back on.
    Every command is noted in `commands` (passwords too: they are the tests').
    """

    def __init__(
        self,
        letters: Sequence[bytes] = (),
        *,
        capability: str = ALL,
        tls: Pair | None = None,
        starttls: Pair | None = None,
        uidvalidity: int = 7,
        greeting: str = "* OK ready",
    ) -> None:
        super().__init__(tls)
        self.letters = [Kept(uid, raw) for uid, raw in enumerate(letters, start=1)]
        self.folders: dict[str, list[Kept]] = {}
        self.capability, self.uidvalidity, self.greeting = capability, uidvalidity, greeting
        self.separator = "/"
        self.handlers: dict[str, Handler] = {}
        self.commands: list[str] = []
        self.idling = threading.Event()
        self._starttls = starttls
        self.talks: list[Talk] = []

    def serve(self, talk: Talk) -> None:
        """A conversation until LOGOUT."""
        self.talks.append(talk)
        talk.send(self.greeting + "\r\n")
        while True:
            line = talk.line().decode("utf-8", "replace")
            while literal := re.search(r"\{(\d+)\+?\}$", line):
                talk.send("+ go\r\n")
                line += talk.exactly(int(literal.group(1))).decode("utf-8", "replace") + talk.line().decode()
            self.commands.append(line.partition(" ")[2])
            tag, _, rest = line.partition(" ")
            verb, _, arguments = rest.partition(" ")
            if verb.upper() == "UID":
                verb, _, arguments = arguments.partition(" ")
                verb = "UID " + verb
            self._answer(talk, tag, verb.upper(), arguments)

    def _answer(self, talk: Talk, tag: str, verb: str, arguments: str) -> None:
        own = getattr(self, "do_" + verb.lower().replace(" ", "_"), None)
        handler = self.handlers.get(verb) or own
        if handler is None:
            talk.send(f"{tag} BAD what is {verb}?\r\n")
        else:
            handler(talk, tag, arguments)

    def do_capability(self, talk: Talk, tag: str, arguments: str) -> None:
        """CAPABILITY."""
        talk.send(f"* CAPABILITY {self.capability}\r\n{tag} OK done\r\n")

    def do_starttls(self, talk: Talk, tag: str, arguments: str) -> None:
        """STARTTLS."""
        assert self._starttls is not None
        talk.send(f"{tag} OK go ahead\r\n")
        talk.secure(self._starttls)

    def do_login(self, talk: Talk, tag: str, arguments: str) -> None:
        """LOGIN."""
        talk.send(f"{tag} OK in\r\n")

    def do_authenticate(self, talk: Talk, tag: str, arguments: str) -> None:
        """AUTHENTICATE, any mechanism with one answer."""
        talk.send("+ \r\n")
        self.commands.append("SASL " + talk.line().decode())
        talk.send(f"{tag} OK in\r\n")

    def do_namespace(self, talk: Talk, tag: str, arguments: str) -> None:
        """NAMESPACE: one, without a prefix."""
        talk.send(f'* NAMESPACE (("" "{self.separator}")) NIL NIL\r\n{tag} OK done\r\n')

    def do_list(self, talk: Talk, tag: str, arguments: str) -> None:
        """LIST of one name, or of the root."""
        name = arguments.split(" ", 1)[1].strip('"')
        if name == "":
            talk.send(f'* LIST (\\Noselect) "{self.separator}" ""\r\n')
        elif name in self.folders or name == "INBOX":
            talk.send(f'* LIST () "{self.separator}" "{name}"\r\n')
        talk.send(f"{tag} OK done\r\n")

    def do_create(self, talk: Talk, tag: str, arguments: str) -> None:
        """CREATE."""
        self.folders[arguments.strip('"')] = []
        talk.send(f"{tag} OK done\r\n")

    def do_subscribe(self, talk: Talk, tag: str, arguments: str) -> None:
        """SUBSCRIBE."""
        talk.send(f"{tag} OK done\r\n")

    def do_select(self, talk: Talk, tag: str, arguments: str) -> None:
        """SELECT INBOX."""
        if arguments.strip('"') != "INBOX":
            talk.send(f"{tag} NO [NONEXISTENT] no such folder\r\n")
            return
        upcoming = max((each.uid for each in self.letters), default=0) + 1
        talk.send(
            f"* {len(self.letters)} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {self.uidvalidity}] ok\r\n"
            f"* OK [UIDNEXT {upcoming}] ok\r\n{tag} OK [READ-WRITE] done\r\n"
        )

    def do_noop(self, talk: Talk, tag: str, arguments: str) -> None:
        """NOOP."""
        talk.send(f"{tag} OK done\r\n")

    def do_uid_search(self, talk: Talk, tag: str, arguments: str) -> None:
        """UID SEARCH of a range, with the rule of RFC 3501 that `N:*` always holds the last letter."""
        found = [str(each.uid) for each in self.letters if _within(arguments, each.uid, self.letters[-1].uid)]
        talk.send(f"* SEARCH {' '.join(found)}".rstrip() + f"\r\n{tag} OK done\r\n")

    def do_uid_fetch(self, talk: Talk, tag: str, arguments: str) -> None:
        """UID FETCH of sizes, dates and bodies, whole or in part."""
        numbers, _, items = arguments.partition(" ")
        for seq, each in enumerate(self.letters, start=1):
            if str(each.uid) in numbers.split(","):
                talk.send(b"* %d FETCH (UID %d %s)\r\n" % (seq, each.uid, _items(each, items)))
        talk.send(f"{tag} OK done\r\n")

    def do_uid_move(self, talk: Talk, tag: str, arguments: str) -> None:
        """UID MOVE: the rest is renumbered at once."""
        numbers = arguments.partition(" ")[0]
        self.do_uid_copy(talk, "", arguments)
        self._remove(talk, [each for each in self.letters if str(each.uid) in numbers.split(",")])
        talk.send(f"{tag} OK done\r\n")

    def do_uid_copy(self, talk: Talk, tag: str, arguments: str) -> None:
        """UID COPY."""
        numbers, _, folder = arguments.partition(" ")
        for each in self.letters:
            if str(each.uid) in numbers.split(","):
                self.folders.setdefault(folder.strip('"'), []).append(each)
        if tag:
            talk.send(f"{tag} OK done\r\n")

    def do_uid_store(self, talk: Talk, tag: str, arguments: str) -> None:
        """UID STORE +FLAGS."""
        numbers, _, rest = arguments.partition(" ")
        for each in self.letters:
            if str(each.uid) in numbers.split(","):
                each.flags.update(re.findall(r"\\\w+", rest))
        talk.send(f"{tag} OK done\r\n")

    def do_uid_expunge(self, talk: Talk, tag: str, arguments: str) -> None:
        """UID EXPUNGE (RFC 4315)."""
        named = [each for each in self.letters if str(each.uid) in arguments.split(",") and "\\Deleted" in each.flags]
        self._remove(talk, named)
        talk.send(f"{tag} OK done\r\n")

    def do_idle(self, talk: Talk, tag: str, arguments: str) -> None:
        """IDLE without news."""
        talk.send("+ idling\r\n")
        self.idling.set()
        self.until_done(talk, tag)

    def until_done(self, talk: Talk, tag: str) -> None:
        """The second half of IDLE: wait for DONE and say OK."""
        assert talk.line().upper() == b"DONE"
        self.idling.clear()
        talk.send(f"{tag} OK idle done\r\n")

    def do_logout(self, talk: Talk, tag: str, arguments: str) -> None:
        """LOGOUT."""
        talk.send(f"* BYE bye\r\n{tag} OK done\r\n")
        raise Cut

    def _remove(self, talk: Talk, gone: Sequence[Kept]) -> None:
        for each in gone:
            talk.send(f"* {self.letters.index(each) + 1} EXPUNGE\r\n")
            self.letters.remove(each)


def _within(arguments: str, uid: int, last: int) -> bool:
    if arguments == "UID *":
        return uid == last
    found = re.search(r"UID (\d+):(\d+|\*)", arguments)
    if not found:
        return True
    low = int(found.group(1))
    high = last if found.group(2) == "*" else int(found.group(2))
    return min(low, high) <= uid <= max(low, high)


def _items(kept: Kept, items: str) -> bytes:
    parts = []
    if "RFC822.SIZE" in items:
        parts.append(b"RFC822.SIZE %d" % (len(kept.raw) if kept.size is None else kept.size))
    if "INTERNALDATE" in items:
        parts.append(b'INTERNALDATE "%s"' % kept.arrival.encode())
    header, _, text = kept.raw.partition(b"\r\n\r\n")
    for section, start, count in re.findall(r"BODY\.PEEK\[(\w*)\](?:<(\d+)\.(\d+)>)?", items):
        data = {"": kept.raw, "HEADER": header + b"\r\n\r\n", "TEXT": text}[section]
        key = f"BODY[{section}]"
        if count:
            data, key = data[int(start) : int(start) + int(count)], f"{key}<{start}>"
        parts.append(b"%s {%d}\r\n%s" % (key.encode(), len(data), data))
    return b" ".join(parts)
