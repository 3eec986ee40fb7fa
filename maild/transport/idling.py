"""Waiting for news from an IMAP server (RFC 2177) without the traps of a poll on a buffered connection.

imapclient's `idle_check` is not used: it cannot tell silence from a closed link, does not see what came in one
segment with "+ idling", and gives up on a line that comes in two. Here IDLE only wakes us; what the server said is
read by `idle_done`, line by line, with the read timeout.
"""

import select
import socket
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

_LINES_BEFORE_IDLING = 200


class Wake:
    """Lets another thread end a wait at once. Sticky: a call before the wait begins ends that wait."""

    def __init__(self) -> None:
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)

    def fileno(self) -> int:
        """What to poll."""
        return self._read.fileno()

    def set(self) -> None:
        """End the wait; from any thread, never raises."""
        try:
            self._write.send(b"!")
        except OSError:  # full: it is set many times over; or closed: nobody waits any more
            return

    def clear(self) -> bool:
        """Whether it was set; it no longer is."""
        try:
            return bool(self._read.recv(4096))
        except OSError:
            return False

    def close(self) -> None:
        """Give the two sockets back."""
        self._read.close()
        self._write.close()


def begin(client: IMAPClient) -> bool | None:
    """Enter IDLE. True: news came before the server was idling; None: the server refused; False: nothing yet.

    Raises what the wire raises.
    """
    try:
        client.idle()
        return False
    except IMAPClientError as error:
        if "Unexpected IDLE response" not in str(error):
            raise
    # An untagged line may stand before "+ idling" (RFC 3501 section 7); read on to the continuation or the refusal.
    imap: Any = client._imap
    for _ in range(_LINES_BEFORE_IDLING):
        if imap.tagged_commands.get(client._idle_tag):
            del imap.tagged_commands[client._idle_tag]
            return None
        if imap._get_response() is None:
            return True
    raise IMAPClientError("the server says much but never that it is idling")


def end(client: IMAPClient) -> bool:
    """Leave IDLE; whether the server had news of the mailbox. Raises on a dead link."""
    return has_news(client.idle_done()[1])


def has_news(responses: list[Any]) -> bool:
    """Whether untagged responses tell of letters that came or went; "Still here" does not."""
    return any(isinstance(answer, tuple) and answer[1:2] and answer[1] in _NEWS for answer in responses)


def told_meanwhile(client: IMAPClient) -> bool:
    """Whether the server told of letters beside its answer to another command, since the last search forgot it all.

    IDLE does not repeat it: a letter that came between a search and the putting away of another would wait.
    """
    return any(client._imap.untagged_responses.get(name) for name in ("EXISTS", "RECENT"))


_NEWS = (b"EXISTS", b"RECENT", b"EXPUNGE", b"VANISHED")


def pause(client: IMAPClient, wake: Wake, seconds: float) -> str:
    """Wait for the server, the wake or the time, whichever is first: "server", "wake" or "time"."""
    link = client.socket()
    if _buffered(client, link):
        return "server"
    poller = select.poll()
    poller.register(link.fileno(), select.POLLIN)
    poller.register(wake.fileno(), select.POLLIN)
    ready = {descriptor for descriptor, _ in poller.poll(max(0.0, seconds) * 1000)}
    if wake.fileno() in ready:
        return "wake"
    return "server" if ready else "time"


def _buffered(client: IMAPClient, link: socket.socket) -> bool:
    """Whether bytes were read off the socket already, where no poll can see them."""
    imap: Any = client._imap
    ahead = getattr(imap, "_readbuf", None)  # imaplib keeps its own buffer from Python 3.14 on
    if ahead is not None:
        return bool(ahead) or bool(getattr(link, "pending", int)())
    timeout = link.gettimeout()
    link.settimeout(0)
    try:
        return bool(imap.file.peek(1))
    except OSError:  # nothing there (SSLWantReadError), or a dead link, which the next command tells
        return False
    finally:
        link.settimeout(timeout)
