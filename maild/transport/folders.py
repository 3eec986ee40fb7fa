"""Folder names as people write them, found or made on a server with its own prefix and delimiter (RFC 2342)."""

import imaplib
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import ProtocolError

from maild.errors import PermanentError, TransientError
from maild.transport.values import Selected


def is_refusal(error: BaseException) -> bool:
    """Whether the server answered a command with a tagged NO or BAD: the connection itself is in order."""
    return isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort | ProtocolError)


def resolve(client: IMAPClient, name: str) -> str:
    """The server's spelling of a folder: as written where it exists, else with its delimiter and personal prefix."""
    if name.upper() == "INBOX":
        return "INBOX"
    if _exists(client, name):
        return name
    prefix, delimiter = _namespace(client)
    if delimiter and delimiter != "/":
        name = name.replace("/", delimiter)
    return name if not prefix or name.lower().startswith(prefix.lower()) else prefix + name


def ensure(client: IMAPClient, name: str) -> str:
    """The server's spelling of a folder that exists afterwards; made and subscribed where it did not."""
    name = resolve(client, name)
    if name == "INBOX" or _exists(client, name):
        return name
    try:
        client.create_folder(name)
    except imaplib.IMAP4.error as error:
        if not is_refusal(error) or not _exists(client, name):  # somebody else may have made it this moment
            raise
    try:
        client.subscribe_folder(name)
    except imaplib.IMAP4.error as error:
        if not is_refusal(error):
            raise
    return name


def select(client: IMAPClient, name: str, where: str) -> Selected:
    """Select a folder for reading and writing.

    Raises PermanentError where it does not exist, TransientError where it cannot be used; `where` names the server.
    """
    spelled = resolve(client, name)
    try:
        answer = client.select_folder(spelled)
    except imaplib.IMAP4.readonly:
        raise TransientError(
            f"{where}: the folder {name} is read-only for this user; maild must be able to mark and move mail"
        ) from None
    except imaplib.IMAP4.error as error:
        if is_refusal(error) and not _exists(client, spelled):
            raise PermanentError(f"{where}: the folder {name} does not exist; create it or correct its name") from None
        raise
    if not answer.get(b"UIDVALIDITY"):
        raise TransientError(f"{where}: the server gives no UIDVALIDITY for {name}, so letters cannot be told apart")
    exists = answer.get(b"EXISTS") or 0
    # UIDNEXT may be left out (RFC 3501 section 6.3.1), and "nothing yet" would import years of old mail.
    upcoming = answer.get(b"UIDNEXT") or (max(client.search(["UID", "*"]), default=0) + 1 if exists else 1)
    return Selected(answer[b"UIDVALIDITY"], upcoming, exists)


def _exists(client: IMAPClient, name: str) -> bool:
    """Whether a folder that can hold letters has this very name; `*` and `%` in it are wildcards to LIST."""
    gone = {b"\\noselect", b"\\nonexistent"}
    found: list[tuple[Any, ...]] = client.list_folders("", name)
    return any(spelled == name and not gone & {flag.lower() for flag in flags} for flags, _, spelled in found)


def _namespace(client: IMAPClient) -> tuple[str, str]:
    if client.has_capability("NAMESPACE"):
        try:
            personal = client.namespace().personal
        except imaplib.IMAP4.error as error:
            if not is_refusal(error):
                raise
            personal = None
        if personal:
            prefix, delimiter = personal[0]
            return str(prefix), str(delimiter or "")
    roots = client.list_folders("", "")
    delimiter = roots[0][1] if roots else b""
    return "", delimiter.decode("ascii", "replace") if isinstance(delimiter, bytes) else str(delimiter or "")
