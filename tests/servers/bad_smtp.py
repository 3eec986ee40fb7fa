"""An SMTP server that misbehaves on order, and otherwise takes everything and remembers it."""

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from tests.servers.certs import Pair
from tests.servers.wire import Cut, Server, Talk

CUT = "cut"
"""A reply: the connection is dropped instead."""
SILENT = "silent"
"""A reply: nothing is said any more, on an open connection."""


@dataclass(frozen=True)
class Taken:
    """A letter that was taken, as it came over the wire (dots unstuffed)."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    options: str


class BadSmtp(Server):
    """`replies` says what to answer to a verb ("GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "." for the end of
    a letter, "NOOP", "RSET"): a line, CUT, SILENT, or a list of such used up one by one ("" = as usual).
    It may be changed while the server runs. RCPT can also be answered by address.
    """

    def __init__(
        self,
        replies: Mapping[str, str | list[str]] | None = None,
        *,
        tls: Pair | None = None,
        starttls: Pair | None = None,
        extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "SIZE 50000000", "AUTH PLAIN LOGIN"),
        password: str = "secret",
    ) -> None:
        super().__init__(tls)
        self.replies: dict[str, str | list[str]] = dict(replies or {})
        self.letters: list[Taken] = []
        self.commands: list[str] = []
        self.logins: list[tuple[str, str]] = []
        self._starttls, self._extensions, self._password = starttls, extensions, password
        self.at_dot = threading.Event()

    def serve(self, talk: Talk) -> None:
        """A conversation until QUIT."""
        self._say(talk, "GREETING", "220 bad.example.test ESMTP")
        envelope: list[str] = []
        options = ""
        while True:
            line = talk.line().decode("utf-8", "replace")
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            self.commands.append(line)
            if verb in ("EHLO", "HELO"):
                self._say(talk, "EHLO", self._hello(talk))
            elif verb == "STARTTLS" and self._starttls:
                talk.send("220 go ahead\r\n")
                talk.secure(self._starttls)
            elif verb == "AUTH":
                self._auth(talk, rest)
            elif verb == "MAIL" and envelope:
                talk.send("503 5.5.1 nested MAIL\r\n")
            elif verb == "MAIL":
                if self._say(talk, "MAIL", "250 2.1.0 ok"):
                    address, _, options = rest[5:].partition(" ")
                    envelope = [address.strip("<>")]
            elif verb == "RCPT":
                address = rest[3:].partition(" ")[0].strip("<>")
                if self._say(talk, "RCPT " + address if "RCPT " + address in self.replies else "RCPT", "250 2.1.5 ok"):
                    envelope.append(address)
            elif verb == "DATA":
                if self._say(talk, "DATA", "354 go on"):
                    self._letter(talk, envelope, options)
                    envelope = []
            elif verb == "QUIT":
                talk.send("221 bye\r\n")
                return
            else:
                envelope = [] if verb == "RSET" else envelope
                self._say(talk, verb, "250 2.0.0 ok" if verb in ("NOOP", "RSET") else "502 5.5.1 what?")

    def _letter(self, talk: Talk, envelope: list[str], options: str) -> None:
        lines = []
        while (line := talk.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        self.at_dot.set()
        raw = b"".join(line + b"\r\n" for line in lines)
        reply = self._reply(".") or "250 2.0.0 queued"
        if reply[0] not in "45":  # also when the client never hears of it
            self.letters.append(Taken(envelope[0], tuple(envelope[1:]), raw, options))
        self._perform(talk, reply)

    def _hello(self, talk: Talk) -> str:
        extensions = list(self._extensions)
        if self._starttls and not hasattr(talk.sock, "getpeercert"):
            extensions = ["STARTTLS"]
        return "\r\n".join(
            [*(f"250-{word}" for word in ["bad.example.test", *extensions[:-1]]), f"250 {extensions[-1]}"]
        )

    def _auth(self, talk: Talk, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            user, password = base64.b64decode(initial).decode().split("\0")[1:]
        else:
            if not initial:
                talk.send("334 VXNlcm5hbWU6\r\n")
            user = base64.b64decode(initial or talk.line()).decode()
            talk.send("334 UGFzc3dvcmQ6\r\n")
            password = base64.b64decode(talk.line()).decode()
        self.logins.append((user, password))
        good = password == self._password
        self._say(talk, "AUTH", "235 2.7.0 welcome" if good else "535 5.7.8 authentication failed")

    def _say(self, talk: Talk, verb: str, usual: str) -> bool:
        """Answer; whether the answer was a positive one."""
        return self._perform(talk, self._reply(verb) or usual)

    def _reply(self, verb: str) -> str:
        ordered = self.replies.get(verb, "")
        if isinstance(ordered, list):
            return ordered.pop(0) if ordered else ""
        return ordered

    def _perform(self, talk: Talk, reply: str) -> bool:
        if reply == CUT:
            raise Cut
        if reply == SILENT:
            talk.silence()
        talk.send(reply + "\r\n")
        if reply.startswith("421"):
            raise Cut
        return reply[0] in "23"
