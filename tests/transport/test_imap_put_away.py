"""Letters that are dealt with, against a real Dovecot: folders made and found, nobody else's mail touched."""

from collections.abc import Callable, Iterator

import pytest
from maild.errors import PermanentError, TransientError
from maild.transport.imap import ImapSession
from tests.servers.certs import Certs
from tests.servers.dovecot import Dovecot
from tests.servers.having import have
from tests.servers.letters import append, deliver, imap, letter, mailbox_messages
from tests.transport.imap_tools import everything


@pytest.mark.parametrize("folder", ["Archive", "Поддержка/Готово «1С»", "100%*", "Deep/er/still"])
def test_done_and_quarantine_are_made_and_filled(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession], folder: str
) -> None:
    for number in range(3):
        append(dovecot, user, letter(f"number {number}"))
    session = opened(done=folder, quarantine=folder + "-Q")
    session.finish([1])
    session.quarantine([2])
    session.finish([])
    reader = opened(folder=folder)
    assert [b"number 0" in one.raw for one in everything(reader)] == [True]
    reader = opened(folder=folder + "-Q")
    assert [b"number 1" in one.raw for one in everything(reader)] == [True]
    assert opened().uids_after(0) == [3]
    opened(done=folder, quarantine=folder + "-Q")  # they exist now, and that is no error


def test_without_a_done_folder_letters_are_only_marked(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    deliver(dovecot, letter(), user)
    deliver(dovecot, letter(), user)
    opened().finish([2])
    first, second = mailbox_messages(dovecot, user)
    assert ("\\Seen" in first.flags, "\\Seen" in second.flags) == (False, True)


def test_a_done_folder_that_somebody_deleted_is_made_again(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    deliver(dovecot, letter(), user)
    session = opened(done="Archive")
    with imap(dovecot, user) as other:
        other.delete("Archive")
    with pytest.raises(TransientError):
        session.finish([1])
    session.open()
    session.finish([1])
    assert len(mailbox_messages(dovecot, user, "Archive")) == 1


def test_a_folder_that_does_not_exist_is_named(dovecot: Dovecot, opened: Callable[..., ImapSession]) -> None:
    with pytest.raises(PermanentError, match="the folder Nowhere does not exist") as caught:
        opened(folder="Nowhere")
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def old_dovecot(certs: Certs) -> Iterator[Dovecot]:
    """A server with a prefix and dots, which claims neither MOVE nor IDLE nor UIDPLUS."""
    server = have(lambda: Dovecot(certs, prefix="INBOX.", separator=".", capability="IMAP4rev1 NAMESPACE"))
    have(server.start)
    yield server
    server.remove()


def test_prefix_and_delimiter_of_the_server_are_used(
    old_dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    append(old_dovecot, user, letter("a"))
    append(old_dovecot, user, letter("b"))
    session = opened(old_dovecot, done="Desk/Done", quarantine="INBOX.Q")
    session.finish([1])
    session.quarantine([2])
    assert len(mailbox_messages(old_dovecot, user, "INBOX.Desk.Done")) == 1
    assert len(mailbox_messages(old_dovecot, user, "INBOX.Q")) == 1
    assert opened(old_dovecot, folder="Desk/Done").uids_after(0) == [1]


def test_without_uidplus_nobody_elses_deleted_mail_is_expunged(
    old_dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    append(old_dovecot, user, letter("somebody's"), flags="(\\Deleted)")
    append(old_dovecot, user, letter("ours"))
    opened(old_dovecot, done="Done").finish([2])
    left = mailbox_messages(old_dovecot, user)
    assert [(one.uid, "\\Deleted" in one.flags) for one in left] == [(1, True), (2, True)]
    assert len(mailbox_messages(old_dovecot, user, "INBOX.Done")) == 1


def test_without_move_letters_are_copied_and_expunged_by_uid(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    append(dovecot, user, letter("somebody's"), flags="(\\Deleted)")
    append(dovecot, user, letter("ours"))
    session = opened(done="Done")
    session.capabilities = frozenset({"UIDPLUS"})
    session.finish([2])
    assert [one.uid for one in mailbox_messages(dovecot, user)] == [1]
    assert len(mailbox_messages(dovecot, user, "Done")) == 1


def test_two_hundred_letters_are_finished_in_one_go(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    raw = letter()
    with imap(dovecot, user) as link:
        for _ in range(210):
            link.append("INBOX", "", None, raw)
    session = opened(done="Archive")
    session.finish(session.uids_after(0))
    assert len(mailbox_messages(dovecot, user, "Archive")) == 210
